import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { ChassisError, chassisError } from "@charter/server";
import { Code } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Channel } from "../channel.js";
import { outcomeOf } from "../outcome.js";
import { type Fleet, startFleet, until } from "../testing/fleet.js";
import { createChannel, onEachWire } from "../testing/on-each-wire.js";
import { failureOf, valuesOf } from "../testing/outcomes.js";
import { hang, startInstance } from "../testing/played-instances.js";
import { PolicyService } from "../testing/policy-contract.js";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function fleetOf(...args: Parameters<typeof startFleet>): Promise<Fleet> {
  const fleet = await startFleet(...args);
  stops.push(() => fleet.stop());
  return fleet;
}

const endpointOf = (channel: Channel) => channel.snapshot().callees[0]?.endpoints[0];

/** Passes bytes on to a port, until it falls silent: to the client, a peer that froze. */
async function startRelay(port: number) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    near.pipe(far);
    far.pipe(near);
    sockets.add(near).add(far);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    fallSilent: () => {
      for (const socket of sockets) socket.unpipe();
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A client of a server that plays what it does with each stream. */
async function clientOfPlayed(play: (stream: ServerHttp2Stream) => void) {
  const server: Http2Server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    play(stream);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const channel = createChannel({
    targets: { "test.policy.v1": { url, audience: "played" } },
    tuning: { health: false },
  });
  stops.push(() => {
    channel.close();
    for (const session of sessions) session.destroy();
    server.close();
  });
  return channel.client(PolicyService);
}

onEachWire(() => {
  describe("the connections to an endpoint", () => {
    it("are one more when the peer's stream limit is reached, and at most four", async () => {
      const { client, channel, instances } = await fleetOf(1, {}, { settings: { maxConcurrentStreams: 5 } });
      let running = 0;
      const opened = Promise.withResolvers<string>();
      for (const instance of instances) {
        instance.play = () => {
          running += 1;
          return opened.promise;
        };
      }
      const calls = Array.from({ length: 20 }, () => client.act({}));
      await until(() => running === 20);
      expect(endpointOf(channel)).toMatchObject({ connections: 4, inFlight: 20 });
      const more = client.act({});
      opened.resolve("done");
      await Promise.all([...calls, more]);
      expect(endpointOf(channel)?.connections).toBe(4);
    });

    it("are replaced without a lost call when the peer says GOAWAY", async () => {
      const { client, channel, instances } = await fleetOf(1);
      const [instance] = instances;
      const gate = Promise.withResolvers<string>();
      if (instance) instance.play = () => gate.promise;
      const early = client.act({});
      await until(() => instance?.seen.get("Act") === 1);
      const [session] = instance?.sessions ?? [];
      session?.close();
      const late = Array.from({ length: 20 }, () => client.act({}));
      await until(() => instance?.seen.get("Act") === 21);
      gate.resolve("done");
      await expect(Promise.all([early, ...late])).resolves.toHaveLength(21);
      expect(channel.snapshot().callees[0]?.counters.failures).toBe(0);
      await until(() => endpointOf(channel)?.connections === 1);
    });

    it("are pinged when silent, and given up with what is on them when there is no answer", async () => {
      const instance = await startInstance();
      const relay = await startRelay(instance.port);
      stops.push(() => instance.stop(), relay.stop);
      instance.play = hang;
      const channel = createChannel({
        targets: { "test.policy.v1": { url: `http://127.0.0.1:${relay.port}`, audience: "played" } },
        tuning: { keepalive: { pingAfterMs: 50, pingTimeoutMs: 100 } },
      });
      stops.push(() => channel.close());
      const call = failureOf(channel.client(PolicyService).act({}));
      await until(() => instance.seen.get("Act") === 1);
      relay.fallSilent();
      const error = await call;
      expect([error.code, error.rawMessage]).toEqual([Code.Unavailable, "the connection to played broke"]);
      expect(outcomeOf(error)).toBe("unknown");
    });

    it("stay while a call waits longer than that for a peer that is alive", async () => {
      const keepalive = { pingAfterMs: 20, pingTimeoutMs: 5_000 };
      const { client, instances } = await fleetOf(1, { tuning: { keepalive } });
      for (const instance of instances)
        instance.play = () => new Promise((resolve) => setTimeout(resolve, 200, "late"));
      await expect(client.act({})).resolves.toMatchObject({ value: "late" });
    });
  });

  describe("an answer that breaks off", () => {
    const CUT = Buffer.from([0, 0, 0, 0, 9, 1]);

    const answering = (bytes: Buffer) =>
      clientOfPlayed((stream) => {
        stream.respond({ "content-type": "application/grpc+proto" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(bytes);
      });

    it("is a fault inside, not one of the argument, and may have had an effect", async () => {
      const client = await answering(CUT);
      for (const call of [client.act({}), valuesOf(client.watch({}))]) {
        const error = await failureOf(call);
        expect([error.code, outcomeOf(error)]).toEqual([Code.Internal, "unknown"]);
      }
    });
  });

  describe("a stream that the peer ends", () => {
    it("at the call's deadline is a call that was too late; before, one whose connection broke", async () => {
      const client = await clientOfPlayed((stream) => stream.close(8));
      expect((await failureOf(client.act({}))).code).toBe(Code.Unavailable);
      expect((await failureOf(client.act({}, { timeoutMs: 15 }))).code).toBe(Code.DeadlineExceeded);
      expect((await failureOf(valuesOf(client.watch({}, { timeoutMs: 15 })))).code).toBe(
        Code.DeadlineExceeded,
      );
    });
  });

  describe("a call that the peer certainly did not process", () => {
    /** Refuses the first `refusals` streams, then answers like an instance. */
    async function refusing(refusals: number) {
      let seen = 0;
      const client = await clientOfPlayed((stream) => {
        seen += 1;
        if (seen <= refusals) return stream.close(7);
        stream.respond(
          { ":status": 200, "content-type": "application/grpc+proto" },
          { waitForTrailers: true },
        );
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.from([0, 0, 0, 0, 0]));
      });
      return { client, seen: () => seen };
    }

    it("is sent again even if it has effects and the contract declares no retry", async () => {
      const { client, seen } = await refusing(2);
      await expect(client.act({})).resolves.toMatchObject({ value: "" });
      expect(seen()).toBe(3);
    });

    it("is sent again as a stream too", async () => {
      const { client, seen } = await refusing(1);
      expect(await valuesOf(client.watch({ value: "x" }))).toEqual([""]);
      expect(seen()).toBe(2);
    });

    it("fails in the end as one that was not sent", async () => {
      const { client, seen } = await refusing(100);
      const error = await failureOf(client.act({}));
      expect([error.code, outcomeOf(error)]).toEqual([Code.Unavailable, "not_sent"]);
      expect(seen()).toBe(4);
    });
  });

  describe("a call to endpoints of which some are down", () => {
    it("goes to those that are up, whatever its effects", async () => {
      const [up, down] = await Promise.all([startInstance(), startInstance()]);
      stops.push(() => up.stop());
      await down.stop();
      const url = `static:${[down, up].map((it) => new URL(it.url).host).join()}`;
      const channel = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } } });
      stops.push(() => channel.close());
      const client = channel.client(PolicyService);
      for (let i = 0; i < 20; i += 1) await client.act({ value: "x" });
      expect(up.seen.get("Act")).toBe(20);
    });

    it("goes elsewhere when one says that it is shutting down, whatever its effects", async () => {
      const { client, channel, instances } = await fleetOf(2);
      const [leaving, staying] = instances;
      if (leaving) {
        leaving.play = async () => {
          throw chassisError(ChassisError.DRAINING, { retryAfterMs: 1_000 });
        };
      }
      const calls = Array.from({ length: 20 }, () => client.act({ value: "x" }));
      await expect(Promise.all(calls)).resolves.toHaveLength(20);
      expect(staying?.seen.get("Act")).toBe(20);
      const streams = Array.from({ length: 20 }, () => valuesOf(client.watch({ value: "x" })));
      expect(await Promise.all(streams)).toEqual(Array(20).fill(["x"]));
      expect(leaving?.seen.get("Watch")).toBeGreaterThan(0);
      expect(channel.snapshot().callees[0]?.counters.failures).toBe(0);
    });
  });
});
