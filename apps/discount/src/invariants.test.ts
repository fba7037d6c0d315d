import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { aSpec, type Harness, openHarness, pounds } from "./testing/harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
  const limits = { totalRedemptions: 9n, redemptionsPerCustomer: 9n, budget: pounds(900n) };
  const id = await harness.campaign(aSpec("TEN", { limits }));
  await harness.reserve("held", id, { code: "TEN" });
  await harness.reserve("used", id, { code: "TEN" });
  await harness.commit("used");
  await harness.reserve("free", id, { code: "TEN" });
  await harness.release("free");
});
afterEach(() => harness.close());

describe("I3", () => {
  it("holds for an untouched database", async () => {
    expect(await harness.violations()).toEqual([]);
  });

  it.each([
    ["UPDATE campaign SET total_limit = 1", "more often than its total limit"],
    [
      "UPDATE redemption_item SET customer_id = gen_random_uuid() WHERE state = 'used'",
      "every customer equal",
    ],
    ["UPDATE campaign SET budget_minor = 199", "more than its budget"],
    ["UPDATE campaign_usage SET reserved_minor = 0", "every campaign equal"],
    ["UPDATE campaign_usage SET committed_count = 0", "every campaign equal"],
    ["DELETE FROM customer_usage", "every customer equal"],
    ["UPDATE redemption SET state = 'released' WHERE state = 'committed'", "agrees with its state"],
  ])("finds %s", async (breach, title) => {
    await sql.raw(breach).execute(harness.db);
    expect(await harness.violations()).toContainEqual(
      expect.objectContaining({ invariant: expect.stringContaining(title) }),
    );
  });

  it("finds a customer above the limit", async () => {
    await sql`UPDATE redemption_item SET customer_id = (SELECT customer_id FROM redemption WHERE redemption_id = 'held')`.execute(
      harness.db,
    );
    await sql`UPDATE campaign SET customer_limit = 1`.execute(harness.db);
    expect(await harness.violations()).toContainEqual(
      expect.objectContaining({ invariant: expect.stringContaining("more often than one customer may") }),
    );
  });
});
