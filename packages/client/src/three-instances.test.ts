import type { Client } from "@connectrpc/connect";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Channel, createChannel } from "./channel.js";
import { OUTLIER_DEFAULTS } from "./outlier/outlier-policy.js";
import { type Fleet, startFleet, until } from "./testing/fleet.js";
import { load } from "./testing/load.js";
import { eventually } from "./testing/outcomes.js";
import { PolicyService } from "./testing/policy-contract.js";
import { type ProcessInstance, startProcessInstance } from "./testing/process-instances.js";

const CALLS = 1_000;
const WORKERS = 10;
/** Far below the fault of two seconds, far above what a busy machine needs for a call. */
const HEALTHY_MS = 1_000;

const run = (call: () => Promise<{ value: string }>) => load(call, { calls: CALLS, workers: WORKERS });

/** Calls, one after the other, until an answer is `value`. */
async function untilAnswered(call: () => Promise<{ value: string }>, value: string): Promise<void> {
  await eventually(async () => expect((await call()).value).toBe(value));
}

describe("one of three instances", () => {
  let instances: ProcessInstance[] = [];
  let channel: Channel | undefined;
  let client: Client<typeof PolicyService>;
  let victim: ProcessInstance;

  beforeAll(async () => {
    instances = await Promise.all(["a", "b", "c"].map(startProcessInstance));
  });

  beforeEach(async () => {
    victim = instances[0] as ProcessInstance;
    const url = `static:${instances.map(({ host }) => host).join()}`;
    channel = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } } });
    client = channel.client(PolicyService);
    await client.read({});
    await allReady();
  });

  afterEach(() => channel?.close());

  afterAll(async () => {
    for (const instance of instances) instance.thaw();
    await Promise.all(instances.map((instance) => instance.kill()));
  });

  const endpoints = () => channel?.snapshot().callees[0]?.endpoints ?? [];
  const allReady = () => until(() => endpoints().every(({ connection }) => connection === "ready"));

  const backInRotation = async () => {
    await allReady();
    await untilAnswered(() => client.read({}), victim.name);
  };

  it("freezes: calls on it are repeated elsewhere, later ones do not meet it, and it comes back", async () => {
    const during = load(() => client.read({}), { calls: CALLS, workers: WORKERS });
    victim.freeze();
    const { errors } = await during;
    expect(errors).toEqual([]);
    await until(() => endpoints()[0]?.connection !== "ready");
    const after = await run(() => client.read({}));
    expect(after.errors).toEqual([]);
    expect(after.answers.has(victim.name)).toBe(false);
    expect(after.atMs(0.99)).toBeLessThan(HEALTHY_MS);
    victim.thaw();
    await backInRotation();
  });

  it("is killed: calls on it are repeated elsewhere, later ones do not meet it, and it comes back", async () => {
    const during = load(() => client.read({}), { calls: CALLS, workers: WORKERS });
    await victim.kill();
    const { errors } = await during;
    expect(errors).toEqual([]);
    const after = await run(() => client.read({}));
    expect(after.errors).toEqual([]);
    expect(after.answers.has(victim.name)).toBe(false);
    expect(after.atMs(0.99)).toBeLessThan(HEALTHY_MS);
    await victim.restart();
    await backInRotation();
  });
});

describe("one of three instances, answering but badly,", () => {
  let fleet: Fleet | undefined;

  afterEach(async () => {
    await fleet?.stop();
    fleet = undefined;
  });

  it("turns slow by two seconds: few calls meet it, and it comes back when it has healed", async () => {
    fleet = await startFleet(3, { tuning: { ewmaDecayMs: 3_000 } });
    const { client, instances } = fleet;
    const [slow] = instances;
    if (!slow) throw new Error("no instance");
    slow.play = () => new Promise((resolve) => setTimeout(resolve, 2_000, "slow"));
    const during = await run(() => client.hedged({}));
    expect(during.errors).toEqual([]);
    expect(during.answers.get("slow") ?? 0).toBeLessThan(CALLS * 0.05);
    expect(during.atMs(0.99)).toBeLessThan(HEALTHY_MS);
    slow.play = async () => "healed";
    await untilAnswered(() => client.hedged({}), "healed");
  });

  it("fails every call: it is ejected, and comes back when it has healed", async () => {
    const outlier = {
      ...OUTLIER_DEFAULTS,
      intervalMs: 100,
      baseEjectionMs: 300,
      failureShare: { threshold: 0.85, minEndpoints: 2, minCalls: 5 },
    };
    fleet = await startFleet(3, { tuning: { outlier } });
    const { client, channel, instances } = fleet;
    const [bad] = instances;
    if (!bad) throw new Error("no instance");
    bad.play = async () => {
      throw new ConnectError("broken", Code.Unavailable);
    };
    const isEjected = () => channel.snapshot().callees[0]?.endpoints[0]?.ejected;
    const errors: unknown[] = [];
    await until(() => {
      client.inTurn({}).catch((error) => errors.push(error));
      return isEjected();
    });
    expect(errors.length).toBeGreaterThan(0);
    bad.play = async () => "healed";
    await until(() => !isEjected());
    const { answers } = await load(() => client.act({ value: "" }), { calls: 300, workers: 3 });
    expect(answers.get("healed")).toBeGreaterThan(0);
  });
});
