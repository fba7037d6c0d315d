import { createLogger } from "@charter/telemetry";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { createExpirySweeper, sweep } from "./expiry-sweeper.js";
import { aSpec, type Harness, openHarness } from "./testing/harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const sweeperOf = () =>
  createExpirySweeper({ ...harness, log: createLogger({ service: "discount", level: "silent" }) });
const held = async () => {
  const { rows } = await sql<{ count: bigint }>`SELECT reserved_count AS count FROM campaign_usage`.execute(
    harness.db,
  );
  return rows[0]?.count;
};

describe("the sweeper", () => {
  it("frees what is over and leaves the rest", async () => {
    const id = await harness.campaign(aSpec("TEN"));
    await harness.reserve("short", id, { code: "TEN", ttlS: 10 });
    await harness.reserve("long", id, { code: "TEN", ttlS: 60 });
    expect(await sweep(harness)).toBe(0n);
    await harness.clock.advance(10_000);
    expect(await sweep(harness)).toBe(1n);
    expect(await held()).toBe(1n);
    expect(await harness.violations()).toEqual([]);
    expect(await sweep(harness)).toBe(0n);
  });

  it("waits for the next turn, and leaves no timer behind", async () => {
    const sweeper = sweeperOf();
    sweeper.start();
    expect(harness.clock.pendingTimers).toBe(1);
    await harness.clock.advance(30_000);
    await harness.clock.timersPending(1);
    await sweeper.stop();
    expect(harness.clock.pendingTimers).toBe(0);
  });
});
