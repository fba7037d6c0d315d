import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createUserTokenIssuer,
  createVerifier,
  directoryKeySet,
  generateSigningKey,
  loadServiceIdentity,
  type SigningKey,
  staticKeySet,
} from "@charter/identity";
import {
  type Call,
  contractError,
  createServer,
  type Handlers,
  implement,
  type Server,
} from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { Code } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Channel, ChannelOptions } from "./channel.js";
import { errorReason, isContractError } from "./error-reason.js";
import { outcomeOf } from "./outcome.js";
import { EchoErrorSchema, EchoService } from "./testing/echo-contract.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { failureOf, valuesOf } from "./testing/outcomes.js";

type EchoHandlers = Partial<Handlers<typeof EchoService>>;

let directory: string;
let userKey: SigningKey;
const servers: Server[] = [];
const channels: Channel[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "charter-client-"));
  userKey = await generateSigningKey();
});

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain({ graceMs: 0 })));
  await rm(directory, { recursive: true });
});

async function serve(name: string, handlers: EchoHandlers, wire?: "charter" | "node") {
  const server = createServer({
    name,
    ...(wire && { wire }),
    implementations: [implement(EchoService, handlers)],
    verifier: createVerifier({
      service: name,
      userAudience: "shop",
      userIssuer: "shop.user",
      userKeys: staticKeySet([userKey]),
      serviceKeys: directoryKeySet(directory),
    }),
    log: createLogger({ service: name, level: "silent" }),
  });
  servers.push(server);
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { url, server };
}

/** A client of the echo service at `url`, for the service called `caller`. */
async function clientOf(
  url: string,
  audience: string,
  caller?: string,
  options: Partial<ChannelOptions> = {},
) {
  const channel = createChannel({
    targets: { "test.echo.v1": { url, audience } },
    ...(caller && { credentials: await loadServiceIdentity({ directory, service: caller }) }),
    ...options,
  });
  channels.push(channel);
  return channel.client(EchoService);
}

/** Remembers the calls it serves. */
function noting(calls: Call[]): EchoHandlers {
  const note = async (request: { value: string }, call: Call) => {
    calls.push(call);
    return { value: request.value };
  };
  return { say: note, sayKnown: note };
}

onEachWire(() => {
  describe.each([
    ["grpc", "node"],
    ["connect", "node"],
    ["grpc", "charter"],
    ["connect", "charter"],
  ] as const)("a channel to a Charter server over %s on the wire %s", (protocol, wire) => {
    const serveOnWire = (handlers: EchoHandlers) => serve("echo", handlers, wire);

    it("calls methods of every kind", async () => {
      const { url } = await serveOnWire({
        say: async ({ value }) => ({ value }),
        async *count({ value }) {
          for (let i = 1; i <= Number(value); i += 1) yield { value: String(i) };
        },
        async collect(requests) {
          return { value: (await valuesOf(requests)).join() };
        },
        async *chat(requests) {
          for await (const { value } of requests) yield { value: value.toUpperCase() };
        },
      });
      const client = await clientOf(url, "echo", undefined, { protocol });
      async function* letters() {
        yield* [{ value: "a" }, { value: "b" }];
      }
      expect((await client.say({ value: "hi" })).value).toBe("hi");
      expect(await valuesOf(client.count({ value: "3" }))).toEqual(["1", "2", "3"]);
      expect((await client.collect(letters())).value).toBe("a,b");
      expect(await valuesOf(client.chat(letters()))).toEqual(["A", "B"]);
    });

    it("carries a declared error to the caller's guard", async () => {
      const say = () => Promise.reject(contractError(EchoErrorSchema, 1, { metadata: { sku: "A1" } }));
      const { url } = await serveOnWire({ say });
      const error = await failureOf((await clientOf(url, "echo", undefined, { protocol })).say({}));
      expect(isContractError(error, EchoErrorSchema, 1)).toBe(true);
      expect(errorReason(error)?.metadata).toEqual({ sku: "A1" });
      expect(outcomeOf(error)).toBe("refused");
    });

    it("ends the handler's signal when the consumer of a stream stops", async () => {
      const ended = Promise.withResolvers<void>();
      const { url } = await serveOnWire({
        async *count(_, { signal }) {
          signal.addEventListener("abort", () => ended.resolve());
          for (let i = 1; !signal.aborted; i += 1) {
            yield { value: String(i) };
            await new Promise(setImmediate);
          }
        },
      });
      for await (const { value } of (await clientOf(url, "echo", undefined, { protocol })).count({})) {
        if (value === "2") break;
      }
      await ended.promise;
    });
  });

  describe("identity between Charter services", () => {
    it("is the calling service's, proven to this callee alone", async () => {
      const calls: Call[] = [];
      const { url } = await serve("echo", noting(calls));
      await (await clientOf(url, "echo", "buy")).sayKnown({});
      expect(calls[0]?.principal).toEqual({ kind: "service", service: "buy" });
      const misdirected = await failureOf((await clientOf(url, "somebody-else", "buy")).sayKnown({}));
      expect(misdirected.code).toBe(Code.Unauthenticated);
      expect(outcomeOf(misdirected)).toBe("not_sent");
    });

    it("is the user's where the call brings the user's token", async () => {
      const calls: Call[] = [];
      const { url } = await serve("echo", noting(calls));
      const issuer = createUserTokenIssuer({
        issuer: "shop.user",
        audience: "shop",
        currentKey: () => userKey,
      });
      const { token } = await issuer.issue({ subject: "u1", roles: [], sessionId: "s1" });
      const client = await clientOf(url, "echo");
      await client.sayKnown({}, { headers: { authorization: `Bearer ${token}` } });
      expect(calls[0]?.principal).toMatchObject({ kind: "user", subject: "u1" });
    });
  });

  describe("a call that passes through a service", () => {
    it("keeps its request id and never gets more time", async () => {
      const calls: Call[] = [];
      const back = await serve("back", noting(calls));
      const toBack = await clientOf(back.url, "back", "front");
      const front = await serve("front", { say: (request) => toBack.say(request) });
      const client = await clientOf(front.url, "front");
      await client.say({}, { timeoutMs: 400, headers: { "x-request-id": "from-the-edge" } });
      expect(calls[0]?.requestId).toBe("from-the-edge");
      expect(calls[0]?.deadline.remainingMs()).toBeLessThanOrEqual(400);
      expect(calls[0]?.principal).toEqual({ kind: "service", service: "front" });
    });

    it("ends everywhere when its caller goes", async () => {
      const reached = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<void>();
      const back = await serve("back", {
        say(_, { signal }) {
          signal.addEventListener("abort", () => ended.resolve());
          reached.resolve();
          return new Promise(() => {});
        },
      });
      const toBack = await clientOf(back.url, "back", "front");
      const front = await serve("front", { say: (request) => toBack.say(request) });
      const caller = new AbortController();
      const call = failureOf((await clientOf(front.url, "front")).say({}, { signal: caller.signal }));
      await reached.promise;
      caller.abort();
      expect((await call).code).toBe(Code.Canceled);
      await ended.promise;
    });

    it("does not tell its caller where the callee would have been", async () => {
      const back = await serve("back", {});
      await back.server.drain({ graceMs: 0 });
      const toBack = await clientOf(back.url, "back", "front");
      const front = await serve("front", { say: (request) => toBack.say(request) });
      const error = await failureOf((await clientOf(front.url, "front")).say({}));
      expect(error.code).toBe(Code.Unavailable);
      expect(error.rawMessage).not.toContain("back");
      expect(outcomeOf(error)).toBe("unknown");
    });
  });
});
