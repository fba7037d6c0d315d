import { ManualClock } from "@charter/testing";
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
/** Starting processes and thousands of calls take a busy machine long. */
const LONG_MS = 120_000;

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
  }, LONG_MS);

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

  /** Calls succeed at their first attempt, so none meets an instance that does not answer. */
  const expectSpared = async () => {
    const attempts = () => channel?.snapshot().callees[0]?.counters.attempts ?? 0;
    const before = attempts();
    const { errors, answers } = await run(() => client.read({}));
    expect(errors).toEqual([]);
    expect(answers.has(victim.name)).toBe(false);
    expect(attempts() - before).toBe(CALLS);
  };

  const backInRotation = async () => {
    await allReady();
    await untilAnswered(() => client.read({}), victim.name);
  };

  it(
    "freezes: calls on it are repeated elsewhere, later ones do not meet it, and it comes back",
    async () => {
      const during = load(() => client.read({}), { calls: CALLS, workers: WORKERS });
      victim.freeze();
      const { errors } = await during;
      expect(errors).toEqual([]);
      await until(() => endpoints()[0]?.connection !== "ready");
      await expectSpared();
      victim.thaw();
      await backInRotation();
    },
    LONG_MS,
  );

  it(
    "is killed: calls on it are repeated elsewhere, later ones do not meet it, and it comes back",
    async () => {
      const during = load(() => client.read({}), { calls: CALLS, workers: WORKERS });
      await victim.kill();
      const { errors } = await during;
      expect(errors).toEqual([]);
      await expectSpared();
      await victim.restart();
      await backInRotation();
    },
    LONG_MS,
  );
});

describe("one of three instances, answering but badly,", () => {
  let fleet: Fleet | undefined;

  afterEach(async () => {
    await fleet?.stop();
    fleet = undefined;
  });

  it(
    "turns slow by two seconds: few calls meet it, and it comes back when it has healed",
    async () => {
      fleet = await startFleet(3, { tuning: { ewmaDecayMs: 3_000 } });
      const { client, instances } = fleet;
      const [slow] = instances;
      if (!slow) throw new Error("no instance");
      slow.play = () => new Promise((resolve) => setTimeout(resolve, 2_000, "slow"));
      const during = await run(() => client.hedged({}));
      expect(during.errors).toEqual([]);
      expect(during.answers.get("slow") ?? 0).toBeLessThan(CALLS * 0.05);
      slow.play = async () => "healed";
      await untilAnswered(() => client.hedged({}), "healed");
    },
    LONG_MS,
  );

  it("fails every call: it is ejected, and comes back when it has healed", async () => {
    const outlier = {
      ...OUTLIER_DEFAULTS,
      failureShare: { threshold: 0.85, minEndpoints: 2, minCalls: 5 },
    };
    const clock = new ManualClock();
    fleet = await startFleet(3, { tuning: { outlier }, clock });
    const { client, channel, instances } = fleet;
    const [bad] = instances;
    if (!bad) throw new Error("no instance");
    bad.play = async () => {
      throw new ConnectError("broken", Code.Unavailable);
    };
    const isEjected = () => channel.snapshot().callees[0]?.endpoints[0]?.ejected;
    const tenEach = () => load(() => client.inTurn({}), { calls: 30, workers: 3 });
    expect((await tenEach()).errors).toHaveLength(10);
    await clock.advance(outlier.intervalMs);
    expect(isEjected()).toBe(true);
    bad.play = async () => "healed";
    expect((await tenEach()).answers.has("healed")).toBe(false);
    await clock.advance(outlier.baseEjectionMs);
    expect(isEjected()).toBe(false);
    expect((await tenEach()).answers.get("healed")).toBe(10);
  });
});
