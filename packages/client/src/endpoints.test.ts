import { ManualClock } from "@charter/testing";
import { Code } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ChannelOptions } from "./channel.js";
import { outcomeOf } from "./outcome.js";
import { updatable } from "./resolver/updatable.js";
import type { Target } from "./target.js";
import { startFleet, until } from "./testing/fleet.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { failureOf } from "./testing/outcomes.js";
import { hang, type Instance, startInstance } from "./testing/played-instances.js";
import { PolicyService } from "./testing/policy-contract.js";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function instancesOf(count: number): Promise<Instance[]> {
  const instances = await Promise.all(Array.from({ length: count }, () => startInstance()));
  for (const instance of instances) stops.push(() => instance.stop());
  return instances;
}

function callAt(url: Target["url"], options: Partial<ChannelOptions> = {}) {
  const channel = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } }, ...options });
  stops.push(() => channel.close());
  return { channel, client: channel.client(PolicyService) };
}

const callsOf = ({ seen }: Instance) => seen.get("InTurn") ?? 0;

onEachWire(() => {
  describe("the endpoints of a target", () => {
    it("follow a list that changes; calls on one that left are finished", async () => {
      const [a, b] = (await instancesOf(2)) as [Instance, Instance];
      const list = updatable([a.url]);
      const { channel, client } = callAt(list);
      const gate = Promise.withResolvers<string>();
      await client.inTurn({});
      a.play = () => gate.promise;
      const onItsWay = client.act({});
      await until(() => a.seen.get("Act") === 1);
      list.update([b.url]);
      await client.inTurn({});
      expect([callsOf(a), callsOf(b)]).toEqual([1, 1]);
      gate.resolve("finished");
      await expect(onItsWay).resolves.toMatchObject({ value: "finished" });
      await until(() => a.sessions.size === 0);
      expect(channel.snapshot().callees[0]?.endpoints.map(({ address }) => address)).toEqual([b.url]);
    });

    it("are all called in turn", async () => {
      const instances = await instancesOf(3);
      const { channel, client } = callAt(`static:${instances.map(({ url }) => new URL(url).host).join()}`);
      await client.act({});
      await until(() => channel.snapshot().callees[0]?.endpoints.every((it) => it.connection === "ready"));
      for (let i = 0; i < 9; i += 1) await client.inTurn({});
      expect(instances.map(callsOf)).toEqual([3, 3, 3]);
    });

    it("are the same for equal hashes", async () => {
      const fleet = await startFleet(3);
      stops.push(() => fleet.stop());
      for (let i = 0; i < 10; i += 1) await fleet.client.hashed({ value: "user 7" });
      expect(fleet.instances.map(({ seen }) => seen.get("Hashed") ?? 0).toSorted()).toEqual([0, 0, 10]);
    });

    it("are those behind a name", async () => {
      const [instance] = await instancesOf(1);
      const asked: string[] = [];
      const lookup = async (name: string) => {
        asked.push(name);
        return ["127.0.0.1"];
      };
      const { client } = callAt(`dns:///played.example:${instance?.port}`, { lookup });
      await expect(client.read({ value: "x" })).resolves.toMatchObject({ value: "x" });
      expect(asked).toEqual(["played.example"]);
    });

    it("cannot be reached while their name is unknown", async () => {
      const lookup = () => Promise.reject(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }));
      const { client } = callAt("dns:///played.example:1", { lookup });
      const error = await failureOf(client.act({}));
      expect([error.code, error.rawMessage]).toEqual([
        Code.Unavailable,
        "played cannot be reached (ENOTFOUND)",
      ]);
      expect(outcomeOf(error)).toBe("not_sent");
    });

    it("may be none at all", async () => {
      const { client } = callAt(updatable([]));
      const error = await failureOf(client.act({}));
      expect([error.code, outcomeOf(error)]).toEqual([Code.Unavailable, "not_sent"]);
    });

    it("are waited for while a connection may still come about, until the deadline", async () => {
      const lookup = () => new Promise<string[]>(() => {});
      const { client } = callAt("dns:///played.example:1", { lookup });
      const error = await failureOf(client.act({}, { timeoutMs: 50 }));
      expect([error.code, outcomeOf(error)]).toEqual([Code.DeadlineExceeded, "not_sent"]);
    });

    it("are not waited for once the caller has given up", async () => {
      const caller = new AbortController();
      const lookup = () => {
        setImmediate(() => caller.abort());
        return new Promise<string[]>(() => {});
      };
      const { client } = callAt("dns:///played.example:1", { lookup });
      const error = await failureOf(client.act({}, { signal: caller.signal }));
      expect([error.code, outcomeOf(error)]).toEqual([Code.Canceled, "not_sent"]);
    });

    it("are refused when they are none", () => {
      expect(() => callAt("nonsense")).toThrow('"nonsense" is no target');
    });
  });

  describe("a channel that is closed", () => {
    it("leaves no timer and no connection behind, whatever was under way", async () => {
      const clock = new ManualClock();
      const [alive, dead] = (await instancesOf(2)) as [Instance, Instance];
      await dead.stop();
      const host = ({ url }: Instance) => new URL(url).host;
      const { channel, client } = callAt(`static:${host(alive)},${host(dead)}`, { clock });
      alive.play = hang;
      const hangs = failureOf(client.hedged({}));
      await until(() => alive.seen.get("Hedged") === 1);
      await until(() => channel.snapshot().callees[0]?.endpoints[1]?.connection === "down");
      expect(clock.pendingTimers).toBeGreaterThan(2);
      channel.close();
      expect((await hangs).code).toBe(Code.Canceled);
      await until(() => alive.sessions.size === 0);
      await until(() => clock.pendingTimers === 0);
      expect((await failureOf(client.read({}))).rawMessage).toBe("the channel is closed");
    });

    it("opens nothing before its first call", async () => {
      const [instance] = (await instancesOf(1)) as [Instance];
      const clock = new ManualClock();
      const { channel } = callAt(instance.url, { clock });
      expect(clock.pendingTimers).toBe(0);
      expect(channel.snapshot().callees[0]).toMatchObject({ name: "played", endpoints: [] });
    });
  });

  describe("a snapshot of a channel", () => {
    it("shows endpoints, budgets and counters as they are", async () => {
      const fleet = await startFleet(2);
      stops.push(() => fleet.stop());
      await fleet.client.read({});
      const [callee] = fleet.channel.snapshot().callees;
      expect(callee).toMatchObject({
        name: "played",
        budgets: { retries: 10, hedges: 0 },
        throttling: { sheddable: 0, default: 0, critical: 0 },
        counters: { calls: 2, attempts: 2, retries: 0, failures: 0 },
      });
      expect(callee?.endpoints).toHaveLength(2);
      for (const endpoint of callee?.endpoints ?? [])
        expect(endpoint).toMatchObject({ connection: "ready", connections: 1, ejected: false, inFlight: 0 });
      const breakers = callee?.endpoints.flatMap((it) => Object.entries(it.breakers)) ?? [];
      expect(breakers).toContainEqual(["/test.policy.v1.PolicyService/Read", "closed"]);
    });
  });
});
