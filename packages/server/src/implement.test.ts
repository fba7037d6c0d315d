import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { currentContext } from "@charter/telemetry";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Handlers } from "./index.js";
import { collect } from "./testing/collect.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf | undefined;
  afterEach(() => shelf?.stop());

  async function start(overrides: Partial<Handlers<typeof ShelfService>>) {
    shelf = await startShelf({ wire, implementations: [shelfImplementation(overrides)] });
    const { url } = shelf;
    return { url, client: createClient(ShelfService, createGrpcTransport({ baseUrl: url })) };
  }

  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => ConnectError.from(error),
    );
  const reasonOf = (error: ConnectError | undefined) => error?.findDetails(ErrorInfoSchema)[0]?.reason;

  describe("a handler", () => {
    it("of a stream works under its call's context from the first message to the last", async () => {
      const seen: (string | undefined)[] = [];
      const note = () => void seen.push(currentContext()?.requestId);
      const { client } = await start({
        converse: async function* (requests) {
          for await (const { text } of requests) {
            note();
            yield { text };
            note();
          }
          note();
        },
      });
      async function* remarks() {
        yield { text: "a" };
      }
      await collect(client.converse(remarks(), { headers: { "x-request-id": "stream-1" } }));
      expect(seen).toEqual(["stream-1", "stream-1", "stream-1"]);
    });

    it("sees the request's headers and peer, and sets headers of the answer", async () => {
      const { client } = await start({
        echo: async (_, { requestHeader, responseHeader, peer }) => {
          responseHeader.set("x-peer", peer.address);
          return { text: requestHeader.get("x-colour") ?? "" };
        },
      });
      const onHeader = (header: Headers) => headers.push(header.get("x-peer"), header.get("x-request-id"));
      const headers: (string | null)[] = [];
      const answer = await client.echo(
        {},
        { headers: { "x-colour": "red", "x-request-id": "id-7" }, onHeader },
      );
      expect([answer.text, ...headers]).toEqual(["red", "127.0.0.1", "id-7"]);
    });

    it("is not believed a request id that does not belong into a log", async () => {
      const { client } = await start({ echo: async (_, { requestId }) => ({ text: requestId }) });
      const { text } = await client.echo({}, { headers: { "x-request-id": "a b {}" } });
      expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    });

    it("answers a GET whose message stands in the query", async () => {
      const { url } = await start({});
      const query = new URLSearchParams({ encoding: "json", message: '{"text":"a"}' });
      const answer = await fetch(`${url}/charter.testing.v1.ShelfService/Echo?${query}`);
      expect(await answer.json()).toEqual({ text: "a" });
      const refused = await fetch(`${url}/charter.testing.v1.ShelfService/Echo?encoding=xml`);
      expect(refused.status).toBe(415);
    });
  });

  describe("errors", () => {
    const secret = "password of the database";

    it("that are not declared leave as INTERNAL with an id that finds them in the log", async () => {
      const { client } = await start({ echo: () => Promise.reject(new Error(secret)) });
      const error = await refusal(client.echo({}));
      const [info] = error?.findDetails(ErrorInfoSchema) ?? [];
      expect(error).toMatchObject({ code: Code.Internal, rawMessage: "Internal error." });
      expect(JSON.stringify(error?.details)).not.toContain(secret);
      const logged = shelf?.lines.find((line) => line.errorId === info?.metadata.error_id);
      expect(logged).toMatchObject({ msg: "unexpected error", err: { message: secret } });
    });

    it("of a callee leave as their code alone when they are transient", async () => {
      const refused = new ConnectError(
        "connect ECONNREFUSED 10.0.0.7:8084",
        Code.Unavailable,
        undefined,
        undefined,
        new Error("cause"),
      );
      const { client } = await start({ echo: () => Promise.reject(refused) });
      const error = await refusal(client.echo({}));
      expect(error).toMatchObject({
        code: Code.Unavailable,
        rawMessage: "a service needed for this call failed",
      });
    });

    it("that a handler throws as ConnectError leave as they are", async () => {
      const { client } = await start({ echo: () => Promise.reject(new ConnectError("gone", Code.NotFound)) });
      expect(await refusal(client.echo({}))).toMatchObject({ code: Code.NotFound, rawMessage: "gone" });
    });

    it("are made of responses that pass their cap", async () => {
      const { url } = await start({ echo: async () => ({ text: "a".repeat(200_000) }) });
      const client = createClient(ShelfService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
      expect(reasonOf(await refusal(client.echo({})))).toBe("RESPONSE_TOO_LARGE");
    });
  });
});
