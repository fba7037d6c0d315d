import { Health } from "@charter/contract/grpc/health/v1/health_pb.js";
import { type AmbientContext, createLogger, runInContext } from "@charter/telemetry";
import { ManualClock } from "@charter/testing";
import { Deadline, systemClock } from "@charter/time";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Channel, ChannelOptions } from "./channel.js";
import { outcomeOf } from "./outcome.js";
import { EchoService } from "./testing/echo-contract.js";
import { type EchoServer, startEchoServer } from "./testing/echo-server.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { eventually, failureOf, valuesOf } from "./testing/outcomes.js";

let server: EchoServer | undefined;
let channel: Channel | undefined;

afterEach(closeAll);

async function closeAll() {
  channel?.close();
  channel = undefined;
  await server?.stop();
  server = undefined;
}

type Handlers = Partial<ServiceImpl<typeof EchoService>>;

async function connect(handlers: Handlers = {}, options: Partial<ChannelOptions> = {}) {
  server = await startEchoServer(handlers);
  return connectTo(server.url, options);
}

function connectTo(url: string, options: Partial<ChannelOptions> = {}) {
  channel = createChannel({ targets: { "test.echo.v1": { url, audience: "echo" } }, ...options });
  return channel.client(EchoService);
}

async function* ticks(...values: string[]) {
  for (const value of values) yield { value };
}

/** Never answers; says when it was reached and when its caller had gone. */
function hanging() {
  const reached = Promise.withResolvers<AbortSignal>();
  const gone = Promise.withResolvers<void>();
  const handlers: Handlers = {
    say(_, { signal }) {
      reached.resolve(signal);
      signal.addEventListener("abort", () => gone.resolve());
      return new Promise(() => {});
    },
    async *count(_, { signal }) {
      reached.resolve(signal);
      signal.addEventListener("abort", () => gone.resolve());
      for (let i = 1; !signal.aborted; i += 1) {
        yield { value: String(i) };
        await new Promise(setImmediate);
      }
    },
  };
  return { reached: reached.promise, gone: gone.promise, handlers };
}

/** Echoes what the call brought along. */
const headersSeen = (seen: Headers[]): Handlers => ({
  async say(request, { requestHeader }) {
    seen.push(new Headers(requestHeader));
    return request;
  },
});

onEachWire(() => {
  describe.each(["grpc", "connect"] as const)("a channel over %s", (protocol) => {
    it("calls methods of every kind over one connection", async () => {
      const client = await connect({}, { protocol });
      expect((await client.say({ value: "hi" })).value).toBe("hi");
      expect(await valuesOf(client.count({ value: "3" }))).toEqual(["1", "2", "3"]);
      expect((await client.collect(ticks("a", "b"))).value).toBe("a,b");
      expect(await valuesOf(client.chat(ticks("a", "b")))).toEqual(["A", "B"]);
      await Promise.all(Array.from({ length: 100 }, () => client.say({ value: "x" })));
      expect(server?.connections()).toBe(1);
    });

    it("names the callee that is down, and knows that nothing was sent", async () => {
      const gone = await startEchoServer();
      await gone.stop();
      const client = connectTo(gone.url, { protocol });
      for (const call of [
        client.say({}),
        valuesOf(client.count({})),
        client.collect(ticks()),
        valuesOf(client.chat(ticks())),
      ]) {
        const error = await failureOf(call);
        expect(error).toMatchObject({
          code: Code.Unavailable,
          rawMessage: "echo cannot be reached (ECONNREFUSED)",
        });
        expect(outcomeOf(error)).toBe("not_sent");
      }
    });

    it("passes the callee's error on as it is", async () => {
      const client = await connect(
        { say: () => Promise.reject(new ConnectError("no such thing", Code.NotFound)) },
        { protocol },
      );
      expect(await failureOf(client.say({}))).toMatchObject({
        code: Code.NotFound,
        rawMessage: "no such thing",
      });
    });

    it("ends a call that outlasts its time, on both sides", async () => {
      const { handlers, gone } = hanging();
      const client = await connect(handlers, { protocol });
      const error = await failureOf(client.say({}, { timeoutMs: 50 }));
      expect(error.code).toBe(Code.DeadlineExceeded);
      expect(outcomeOf(error)).toBe("unknown");
      await gone;
    });

    it("ends the call when the consumer of a stream stops", async () => {
      const { handlers, gone } = hanging();
      const client = await connect(handlers, { protocol });
      for await (const { value } of client.count({})) {
        if (value === "3") break;
      }
      await gone;
    });

    it("ends all calls when it is closed, and refuses more", async () => {
      const { handlers, reached, gone } = hanging();
      const client = await connect(handlers, { protocol });
      const hangs = failureOf(client.say({}));
      await reached;
      channel?.close();
      const error = await hangs;
      expect(error).toMatchObject({ code: Code.Canceled, rawMessage: "the channel was closed" });
      expect(outcomeOf(error)).toBe("unknown");
      await gone;
      const late = await failureOf(client.say({}));
      expect(late.rawMessage).toBe("the channel is closed");
      expect(outcomeOf(late)).toBe("not_sent");
    });

    it("holds messages to the caps of the contract", async () => {
      const client = await connect({ say: async () => ({ value: "x".repeat(2_000) }) }, { protocol });
      expect(await failureOf(client.say({ value: "x".repeat(2_000) }))).toMatchObject({
        code: Code.ResourceExhausted,
      });
      const error = await failureOf(client.say({}));
      expect(error.code).toBe(Code.ResourceExhausted);
      expect(outcomeOf(error)).toBe("unknown");
    });

    it("connects anew when the callee has come back", async () => {
      const client = await connect({}, { protocol });
      await client.say({});
      const port = server?.port;
      await server?.stop();
      expect((await failureOf(client.say({}))).code).toBe(Code.Unavailable);
      server = await startEchoServer({}, port);
      await expect(eventually(() => client.say({ value: "again" }))).resolves.toMatchObject({
        value: "again",
      });
    });

    it("says that the connection broke when the callee dies during a call", async () => {
      const { handlers, reached } = hanging();
      const client = await connect(handlers, { protocol });
      const call = failureOf(client.say({}));
      await reached;
      await server?.stop();
      const error = await call;
      expect(error.code).toBe(Code.Unavailable);
      expect(outcomeOf(error)).toBe("unknown");
    });
  });

  describe("the deadline of a call", () => {
    /** The timeout that reached the server, in milliseconds. */
    async function timeoutSeen(
      timeoutMs: number | undefined,
      context?: AmbientContext,
      options?: Partial<ChannelOptions>,
    ): Promise<number | undefined> {
      const seen = Promise.withResolvers<string | null>();
      const say: Handlers["say"] = async (request, { requestHeader }) => {
        seen.resolve(requestHeader.get("grpc-timeout"));
        return { value: request.value };
      };
      // To the channel no time passes; to the transport below it some does, and then the call may fail.
      const client = await connect({ say }, { clock: new ManualClock(), ...options });
      const call = () => client.say({}, timeoutMs === undefined ? {} : { timeoutMs }).catch(() => undefined);
      await (context ? runInContext(context, call) : call());
      const told = await seen.promise;
      await closeAll();
      return told === null ? undefined : Number(told.replace(/m$/, ""));
    }

    it("is the contract's default, or its own up to the contract's maximum", async () => {
      expect(await timeoutSeen(undefined)).toBe(1_000);
      expect(await timeoutSeen(60_000)).toBe(2_000);
      expect(await timeoutSeen(300)).toBe(300);
    });

    it("is only the call's own where the channel leaves out the contract's default", async () => {
      const options = { defaultDeadlines: false };
      expect(await timeoutSeen(undefined, undefined, options)).toBeUndefined();
      expect(await timeoutSeen(60_000, undefined, options)).toBe(2_000);
    });

    it("never outlasts the call being served", async () => {
      const context = () => ({ requestId: "r", deadline: Deadline.after(new ManualClock(), 200) });
      expect(await timeoutSeen(undefined, context())).toBe(200);
      expect(await timeoutSeen(500, context())).toBe(200);
    });

    it("refuses to start when no time is left", async () => {
      const client = await connect();
      const clock = new ManualClock();
      const deadline = Deadline.after(clock, 10);
      await clock.advance(10);
      const error = await runInContext({ requestId: "r", deadline }, () => failureOf(client.say({})));
      expect(error).toMatchObject({
        code: Code.DeadlineExceeded,
        rawMessage: "no time was left to call echo",
      });
      expect(outcomeOf(error)).toBe("not_sent");
      expect(server?.connections()).toBe(0);
    });

    it("is absent for a stream, except for that of the call being served", async () => {
      const seen: (number | undefined)[] = [];
      const client = await connect({
        async *count(_, { timeoutMs }) {
          yield* [];
          seen.push(timeoutMs());
        },
      });
      await valuesOf(client.count({}));
      const deadline = Deadline.after(systemClock, 500);
      await runInContext({ requestId: "r", deadline }, () => valuesOf(client.count({})));
      expect(seen[0]).toBeUndefined();
      expect(seen[1]).toBeLessThanOrEqual(500);
    });
  });

  describe("what travels with a call", () => {
    it("is the request id and the trace of the call being served", async () => {
      const seen: Headers[] = [];
      const client = await connect(headersSeen(seen));
      const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      await runInContext({ requestId: "r1", traceparent }, () => client.say({}));
      expect(seen[0]?.get("x-request-id")).toBe("r1");
      expect(seen[0]?.get("traceparent")).toBe(traceparent);
    });

    it("is a trace that nobody records where the call being served has none, and none outside of calls", async () => {
      const seen: Headers[] = [];
      const client = await connect(headersSeen(seen));
      await runInContext({ requestId: "r1" }, () => client.say({}));
      await client.say({});
      expect(seen[0]?.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(seen[1]?.get("traceparent")).toBeNull();
    });

    it("is how critical the call being served is", async () => {
      const seen: Headers[] = [];
      const client = await connect(headersSeen(seen));
      await runInContext({ requestId: "r1", criticality: "critical" }, () => client.say({}));
      await client.say({});
      expect(seen.map((header) => header.get("charter-criticality"))).toEqual(["critical", null]);
    });

    it("is the identity for this callee, unless the call brings its own", async () => {
      const seen: Headers[] = [];
      const credentials = { tokenFor: async (audience: string) => `token-for-${audience}` };
      const client = await connect(headersSeen(seen), { credentials });
      await client.say({});
      await client.say({}, { headers: { authorization: "Bearer mine" } });
      expect(seen.map((header) => header.get("authorization"))).toEqual([
        "Bearer token-for-echo",
        "Bearer mine",
      ]);
    });

    it("is no identity where there is none to give", async () => {
      const seen: Headers[] = [];
      const client = await connect(headersSeen(seen), { credentials: { tokenFor: async () => undefined } });
      await client.say({});
      expect(seen[0]?.has("authorization")).toBe(false);
    });

    it("ends the call before it starts when the identity cannot be had", async () => {
      const cause = new Error("no key");
      const client = await connect({}, { credentials: { tokenFor: () => Promise.reject(cause) } });
      const error = await failureOf(client.say({}));
      expect(error).toMatchObject({ rawMessage: "no identity for calling echo", cause });
      expect(outcomeOf(error)).toBe("not_sent");
    });

    it("is cancellation: the call ends with the call being served", async () => {
      const { handlers, reached, gone } = hanging();
      const client = await connect(handlers);
      const caller = new AbortController();
      const call = runInContext({ requestId: "r", signal: caller.signal }, () => failureOf(client.say({})));
      await reached;
      caller.abort();
      expect((await call).code).toBe(Code.Canceled);
      await gone;
    });

    it("is cancellation by either the call's own signal or the call being served", async () => {
      const client = await connect();
      const context = { requestId: "r", signal: new AbortController().signal };
      const error = await runInContext(context, () =>
        failureOf(client.say({}, { signal: AbortSignal.abort() })),
      );
      expect(error.code).toBe(Code.Canceled);
      expect(outcomeOf(error)).toBe("not_sent");
      await expect(runInContext(context, () => client.say({ value: "fine" }))).resolves.toBeDefined();
    });

    it("calls a signal that the clock aborted what it is", async () => {
      const { handlers } = hanging();
      const client = await connect(handlers);
      const error = await failureOf(client.say({}, { signal: AbortSignal.timeout(20) }));
      expect(error.code).toBe(Code.DeadlineExceeded);
    });
  });

  describe("a channel", () => {
    it("refuses a service that no target covers, and says which there are", () => {
      channel = createChannel({ targets: { "test.echo": { url: "http://127.0.0.1:1", audience: "x" } } });
      expect(() => channel?.client(Health)).toThrow(
        "no target covers grpc.health.v1.Health; there are: test.echo",
      );
      expect(() => channel?.client(EchoService)).not.toThrow();
    });

    it("takes the longest prefix and respects its dots", async () => {
      server = await startEchoServer();
      const nowhere = { url: "http://127.0.0.1:1", audience: "nowhere" };
      const here = { url: server.url, audience: "echo" };
      channel = createChannel({ targets: { test: nowhere, "test.echo": here, "test.echo.v": nowhere } });
      await expect(channel.client(EchoService).say({ value: "x" })).resolves.toBeDefined();
    });

    it("logs that a callee went out of reach, once, and that it came back", async () => {
      const lines: string[] = [];
      const log = createLogger({ service: "test", destination: { write: (line) => void lines.push(line) } });
      const gone = await startEchoServer();
      await gone.stop();
      const client = connectTo(gone.url, { log });
      for (let i = 0; i < 3; i += 1) await failureOf(client.say({}));
      server = await startEchoServer({}, gone.port);
      await eventually(() => client.say({}));
      await client.say({});
      expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
        "callee cannot be reached",
        "callee can be reached again",
      ]);
    });
  });
});
