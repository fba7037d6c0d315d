import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { collect } from "./testing/collect.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

const transports = {
  "Connect, JSON, HTTP/1.1": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "Connect, binary, HTTP/2": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true }),
  "Connect, GET": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true }),
  "gRPC, HTTP/2": (baseUrl: string) => createGrpcTransport({ baseUrl }),
  "gRPC, JSON": (baseUrl: string) => createGrpcTransport({ baseUrl, useBinaryFormat: false }),
  "gRPC-Web, HTTP/1.1": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC-Web, HTTP/2": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
};

const rows = wires.flatMap((wire) =>
  Object.entries(transports).map(([name, transport]) => ({ wire, name, transport })),
);

describe.each(rows)("a server on the wire $wire spoken to by $name", ({ wire, transport }) => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf({ wire });
  });
  afterAll(() => shelf.stop());

  it("answers a unary call", async () => {
    const client = createClient(ShelfService, transport(shelf.url));
    await expect(client.echo({ text: "héllo", quantity: 3 })).resolves.toMatchObject({
      text: "héllo",
      quantity: 3,
    });
  });

  it("answers a large message, compressed where both sides can", async () => {
    const text = "shelf ".repeat(1_500);
    const client = createClient(ShelfService, transport(shelf.url));
    await expect(client.echo({ text }).then((it) => it.text === text)).resolves.toBe(true);
  });

  it("streams responses", async () => {
    const client = createClient(ShelfService, transport(shelf.url));
    const answers = await collect(client.listItems({ count: 5 }));
    expect(answers.map((it) => it.index)).toEqual([0, 1, 2, 3, 4]);
  });

  it("takes a stream of requests", async () => {
    const client = createClient(ShelfService, transport(shelf.url));
    async function* items() {
      yield { quantity: 2 };
      yield { quantity: 40 };
    }
    await expect(client.countItems(items())).resolves.toMatchObject({ sum: 42n });
  });
});

describe("a stream in both directions", () => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf();
  });
  afterAll(() => shelf.stop());

  async function* remarks() {
    yield { text: "a" };
    yield { text: "b" };
  }

  it.each(["gRPC, HTTP/2", "gRPC-Web, HTTP/2", "Connect, binary, HTTP/2"] as const)(
    "works over %s",
    async (name) => {
      const client = createClient(ShelfService, transports[name](shelf.url));
      const answers = await collect(client.converse(remarks()));
      expect(answers.map((it) => it.text)).toEqual(["a?", "b?"]);
    },
  );

  it("is refused over HTTP/1.1, which cannot carry it", async () => {
    const answer = await fetch(`${shelf.url}/charter.testing.v1.ShelfService/Converse`, {
      method: "POST",
      headers: { "content-type": "application/connect+json" },
    });
    expect(answer.status).toBe(505);
  });
});
