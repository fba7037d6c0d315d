import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { describe, expect, it } from "@jest/globals";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";

const transports = {
  connect: createConnectTransport,
  grpc: createGrpcTransport,
  "grpc-web": createGrpcWebTransport,
};
const implementations = [
  shelfImplementation({
    echo: async ({ text }, { responseTrailer }) => {
      responseTrailer.set("x-checksum", "a1");
      if (text === "refuse") throw new ConnectError("no", Code.DataLoss);
      return { text };
    },
    async *listItems(_, { responseTrailer }) {
      responseTrailer.set("x-checksum", "a1");
      yield { index: 0 };
    },
  }),
];

describe.each(["node", "charter"] as const)("trailers that a handler sets, on the wire %s", (wire) => {
  it.each(Object.entries(transports))("reach a caller over %s", async (_, transport) => {
    await withShelf(wire, async ({ url }) => {
      const client = createClient(ShelfService, transport({ baseUrl: url, httpVersion: "2" }));
      const seen: (string | null)[] = [];
      const onTrailer = (trailer: Headers) => void seen.push(trailer.get("x-checksum"));
      await client.echo({ text: "a" }, { onTrailer });
      for await (const { index } of client.listItems({ count: 1 }, { onTrailer })) expect(index).toBe(0);
      expect(seen).toEqual(["a1", "a1"]);
      const error = await client.echo({ text: "refuse" }).catch(ConnectError.from);
      expect(error).toMatchObject({ code: Code.DataLoss });
      expect([...(error as ConnectError).metadata.keys()].join()).toContain("x-checksum");
    });
  });

  it("leave out the details of the chassis' own errors where it is told to", async () => {
    await withShelf(wire, async ({ url }) => {
      const client = createClient(ShelfService, createGrpcTransport({ baseUrl: url }));
      const error = (await client.whoAmI({}).catch(ConnectError.from)) as ConnectError;
      expect(error.code).toBe(Code.Unauthenticated);
      expect(error.details).toEqual([]);
    });
  });
});

async function withShelf(wire: "node" | "charter", use: (shelf: StartedShelf) => Promise<void>) {
  const shelf = await startShelf({ wire, implementations, chassisDetails: false });
  try {
    await use(shelf);
  } finally {
    await shelf.stop();
  }
}
