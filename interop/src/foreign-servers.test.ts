import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { type Channel, createChannel } from "@charter/client";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import { whereAvailable } from "@charter/testing";
import { type Client, Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { ForeignServer } from "./testing/foreign.js";
import { peers } from "./testing/peers.js";
import { createTestKeys } from "./testing/test-keys.js";

const keys = createTestKeys();
afterAll(() => keys.remove());

const BINARY = Buffer.from([0, 1, 254, 255]).toString("base64");
const info = create(ErrorInfoSchema, { reason: "SHELF_GONE", domain: "shelf", metadata: { shelf: "7" } });
const failure = create(StatusSchema, {
  code: Code.NotFound,
  message: "the shelf is gone: häßlich",
  details: [anyPack(ErrorInfoSchema, info)],
});
/** What makes the foreign server fail. */
const fails = {
  "x-code": String(failure.code),
  "x-message": failure.message,
  "x-status-bin": Buffer.from(toBinary(StatusSchema, failure)).toString("base64"),
};

const modes = [
  { wire: "charter", tls: false },
  { wire: "charter", tls: true },
  { wire: "node", tls: false },
  { wire: "node", tls: true },
] as const;

describe.each(modes)("the channel on the wire $wire, TLS: $tls", ({ wire, tls }) => {
  describe.each(peers)("calling $name", (peer) => {
    const it = whereAvailable(peer.available, peer.reason);
    let server: ForeignServer;
    let channel: Channel;
    let shelf: Client<typeof ShelfService>;
    beforeAll(async () => {
      if (!peer.available) return;
      server = await peer.startServer(tls ? keys.files : undefined);
      channel = createChannel({
        targets: { "charter.testing.v1": { url: server.url, audience: "shelf" } },
        wire,
        // They answer any method as they are asked to, that of health among them.
        tuning: { health: false },
        ...(tls && { tls: { ca: keys.ca } }),
      });
      shelf = channel.client(ShelfService);
    });
    afterAll(async () => {
      channel?.close();
      await server?.stop();
    });

    it("gets a unary answer, with metadata both ways and the deadline kept", async () => {
      const seen = new Map<string, string | null>();
      const note = (headers: Headers) => headers.forEach((value, name) => void seen.set(name, value));
      const answer = await shelf.echo(
        { text: "héllo", quantity: 7 },
        {
          headers: { "x-echo": "a value", "x-echo-bin": BINARY },
          timeoutMs: 5_000,
          onHeader: note,
          onTrailer: note,
        },
      );
      expect(answer).toMatchObject({ text: "héllo", quantity: 7 });
      expect([seen.get("x-echo"), seen.get("x-trailer")]).toEqual(["a value", "a value"]);
      const binaries = [seen.get("x-echo-bin"), seen.get("x-trailer-bin")];
      expect(binaries.map((it) => Buffer.from(it ?? "", "base64").toString("base64"))).toEqual([
        BINARY,
        BINARY,
      ]);
      const deadlineMs = Number(seen.get("x-deadline-ms"));
      expect(deadlineMs).toBeGreaterThan(0);
      expect(deadlineMs).toBeLessThanOrEqual(5_000);
    });

    it("gets a failure with its details", async () => {
      const call = shelf.echo({}, { headers: fails, timeoutMs: 5_000 });
      const error = await call.then(() => undefined, ConnectError.from);
      expect(error).toMatchObject({ code: Code.NotFound, rawMessage: failure.message });
      expect(error?.findDetails(ErrorInfoSchema)).toMatchObject([
        { reason: "SHELF_GONE", metadata: { shelf: "7" } },
      ]);
    });

    it("gets a stream of answers, and the failure at its end", async () => {
      const indexes: number[] = [];
      const call = async () => {
        const headers = { "x-repeat": "50", ...fails };
        for await (const { index } of shelf.listItems({ count: 4 }, { headers })) indexes.push(index);
      };
      await expect(call()).rejects.toMatchObject({ code: Code.NotFound });
      expect(indexes).toEqual(Array.from({ length: 50 }, () => 4));
    });

    it("sends a stream of requests", async () => {
      async function* items() {
        for (const quantity of [1, 2, 3]) yield { quantity };
      }
      const answer = await shelf.countItems(items(), { headers: { "x-only-last": "yes" } });
      expect(answer).toMatchObject({ sum: 3n });
    });

    it("streams both ways, 3 MiB back", async () => {
      const text = "a".repeat(60_000);
      async function* remarks() {
        yield { text };
        yield { text: "b" };
      }
      const lengths: number[] = [];
      const headers = { "x-repeat": "53" };
      for await (const answer of shelf.converse(remarks(), { headers })) lengths.push(answer.text.length);
      const repeated = (length: number) => Array.from({ length: 53 }, () => length);
      expect(lengths).toEqual([...repeated(60_000), ...repeated(1)]);
    });

    it("gives up at its deadline", async () => {
      const call = shelf.echo({}, { headers: { "x-wait-ms": "3000" }, timeoutMs: 150 });
      await expect(call).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    });
  });
});
