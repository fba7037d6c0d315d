import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { currentContext } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Call, Handlers } from "./index.js";
import { collect } from "./testing/collect.js";
import { createGate } from "./testing/gate.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

const never = new Promise<never>(() => {});

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf | undefined;
  let clock = new ManualClock();
  afterEach(async () => {
    const stopped = shelf?.stop();
    await clock.advance(10_000);
    await stopped;
  });

  async function start(overrides: Partial<Handlers<typeof ShelfService>>) {
    clock = new ManualClock();
    shelf = await startShelf({ wire, clock, implementations: [shelfImplementation(overrides)] });
    const { url } = shelf;
    return { url, client: createClient(ShelfService, createGrpcTransport({ baseUrl: url })) };
  }

  /** Lets time go on in steps until `work` has ended. */
  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const result = work.finally(() => {
      ended = true;
    });
    for (let step = 0; step < 10_000 && !ended; step += 1) await clock.advance(1);
    return result;
  }

  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => ConnectError.from(error),
    );
  const reasonOf = (error: ConnectError | undefined) => error?.findDetails(ErrorInfoSchema)[0]?.reason;

  describe("a unary call", () => {
    it("is given the contract's default and raced against it, although the handler never ends", async () => {
      const entered = createGate();
      let seen: Call | undefined;
      const { client } = await start({
        echo: (_, call) => {
          seen = call;
          entered.open();
          return never;
        },
      });
      const answer = refusal(client.echo({}));
      await entered.opened;
      expect(seen?.deadline.remainingMs()).toBe(2_000);
      await clock.advance(1_999);
      expect(seen?.signal.aborted).toBe(false);
      await clock.advance(1);
      expect((await answer)?.code).toBe(Code.DeadlineExceeded);
      expect(reasonOf(await answer)).toBe("DEADLINE_EXCEEDED");
      expect(seen?.signal.aborted).toBe(true);
    });

    it.each([
      ["a longer one is clamped", 60_000, 5_000],
      ["a shorter one stands", 700, 700],
    ])("asks for a deadline: %s", async (_, timeoutMs, givenMs) => {
      const { client } = await start({
        echo: async (_request, { deadline }) => ({ quantity: deadline.remainingMs() }),
      });
      await expect(client.echo({}, { timeoutMs })).resolves.toMatchObject({ quantity: givenMs });
    });

    it("leaves its deadline, id and subject to the calls that it causes", async () => {
      const { client } = await start({
        echo: async () => {
          const { requestId, deadline, subject, signal } = currentContext() ?? {};
          return { text: `${requestId} ${deadline?.remainingMs()} ${subject} ${signal?.aborted}` };
        },
      });
      const headers = { "x-request-id": "request-1", authorization: "Bearer user alice" };
      await expect(client.echo({}, { headers })).resolves.toMatchObject({
        text: "request-1 2000 alice false",
      });
    });

    it("aborts its signal when the caller gives up", async () => {
      const aborted = createGate();
      const entered = createGate();
      const { client } = await start({
        echo: (_, { signal }) => {
          signal.addEventListener("abort", aborted.open);
          entered.open();
          return never;
        },
      });
      const caller = new AbortController();
      const answer = refusal(client.echo({}, { signal: caller.signal }));
      await entered.opened;
      caller.abort();
      await aborted.opened;
      expect((await answer)?.code).toBe(Code.Canceled);
    });

    it("refuses a malformed timeout", async () => {
      const { url } = await start({});
      const answer = await fetch(`${url}/charter.testing.v1.ShelfService/Echo`, {
        method: "POST",
        headers: { "content-type": "application/json", "connect-timeout-ms": "soon" },
        body: "{}",
      });
      expect(answer.status).toBe(400);
    });

    it("ends with the deadline when the body never comes", async () => {
      const { url } = await start({});
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from('{"te')),
      });
      const answer = fetch(`${url}/charter.testing.v1.ShelfService/Echo`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        duplex: "half",
      });
      // When the server has read the headers cannot be seen from outside, so time goes on until it answers.
      expect((await whileTimePasses(answer)).status).toBe(504);
    });
  });

  describe("a stream", () => {
    it("ends when nothing was said for too long", async () => {
      const entered = createGate();
      const { client } = await start({
        listItems: async function* () {
          yield { index: 0 };
          entered.open();
          await never;
        },
      });
      const answer = refusal(collect(client.listItems({})));
      await entered.opened;
      await clock.advance(1_000);
      expect(reasonOf(await answer)).toBe("STREAM_IDLE");
    });

    it("ends at its greatest age, however busy", async () => {
      const { client } = await start({
        listItems: async function* () {
          for (let index = 0; index < 7; index += 1) {
            await clock.advance(500);
            yield { index };
          }
        },
      });
      expect(reasonOf(await refusal(collect(client.listItems({}))))).toBe("STREAM_TOO_OLD");
    });

    it("carries no more messages than declared, either way", async () => {
      const { client } = await start({});
      expect(await collect(client.listItems({ count: 100 }))).toHaveLength(100);
      expect(reasonOf(await refusal(collect(client.listItems({ count: 101 }))))).toBe("STREAM_TOO_LONG");
      async function* items() {
        for (let index = 0; index < 101; index += 1) yield { quantity: 1 };
      }
      expect(reasonOf(await refusal(client.countItems(items())))).toBe("STREAM_TOO_LONG");
    });

    it("validates each message", async () => {
      const { client } = await start({});
      async function* items() {
        yield { quantity: 1 };
        yield { quantity: -1 };
      }
      expect((await refusal(client.countItems(items())))?.code).toBe(Code.InvalidArgument);
    });
  });
});
