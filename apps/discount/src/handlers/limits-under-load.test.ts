import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import { aSpec, type Harness, openHarness, pounds } from "../testing/harness.js";

const callers = 200;

let harness: Harness;
beforeEach(async () => {
  // In a race of hundreds somebody is the last to get a connection, late on a busy machine.
  harness = await openHarness({ maxConnections: 20, connectTimeoutMs: 60_000 });
});
afterEach(async () => {
  expect(await harness.violations()).toEqual([]);
  await harness.close();
});

/** Runs all at once: how many succeeded, and the reasons of the rest, each once. */
async function race(attempts: readonly Promise<unknown>[]) {
  const outcomes = await Promise.allSettled(attempts);
  const reasons = outcomes.flatMap((one) =>
    one.status === "rejected" ? [one.reason.reason ?? one.reason] : [],
  );
  return { succeeded: outcomes.length - reasons.length, refused: [...new Set(reasons)] };
}
const attempts = (attempt: (turn: number) => Promise<unknown>) =>
  Array.from({ length: callers }, (_, turn) => attempt(turn));

describe("200 simultaneous reservations", () => {
  it("get a total of 10", async () => {
    const id = await harness.campaign(aSpec("TEN", { limits: { totalRedemptions: 10n } }));
    const result = await race(attempts((turn) => harness.reserve(`r${turn}`, id, { code: "TEN" })));
    expect(result).toEqual({ succeeded: 10, refused: ["LIMIT_REACHED"] });
  });

  it("get 10 of one customer", async () => {
    const customerId = uuidv7();
    const id = await harness.campaign(aSpec("TEN", { limits: { redemptionsPerCustomer: 10n } }));
    const result = await race(
      attempts((turn) => harness.reserve(`r${turn}`, id, { code: "TEN", customerId })),
    );
    expect(result).toEqual({ succeeded: 10, refused: ["CUSTOMER_LIMIT_REACHED"] });
  });

  it("get what a budget of 10 times their amount covers", async () => {
    const id = await harness.campaign(aSpec("TEN", { limits: { budget: pounds(1_099n) } }));
    const result = await race(attempts((turn) => harness.reserve(`r${turn}`, id, { code: "TEN" })));
    expect(result).toEqual({ succeeded: 10, refused: ["BUDGET_EXHAUSTED"] });
  });

  it("of two campaigns in either order neither deadlock nor go half way", async () => {
    const limits = { totalRedemptions: 10n };
    const first = await harness.campaign(aSpec("A-A", { limits }));
    const second = await harness.campaign(aSpec("B-B", { limits: { totalRedemptions: 15n } }));
    const items = [
      { campaignId: first, code: "A-A", amount: pounds(1n) },
      { campaignId: second, code: "B-B", amount: pounds(1n) },
    ];
    const result = await race(
      attempts((turn) => harness.reserveItems(`r${turn}`, turn % 2 ? items : [...items].reverse())),
    );
    expect(result).toEqual({ succeeded: 10, refused: ["LIMIT_REACHED"] });
  });

  it("get exactly the places that expired reservations leave", async () => {
    const id = await harness.campaign(aSpec("TEN", { limits: { totalRedemptions: 10n } }));
    for (let turn = 0; turn < 10; turn += 1) {
      await harness.reserve(`old${turn}`, id, { code: "TEN", ttlS: turn < 4 ? 10 : 3_600 });
    }
    await harness.clock.advance(10_000);
    const result = await race(attempts((turn) => harness.reserve(`new${turn}`, id, { code: "TEN" })));
    expect(result).toEqual({ succeeded: 4, refused: ["LIMIT_REACHED"] });
  });

  it("mixed with commits, releases and rollbacks keep every limit", async () => {
    const limits = { totalRedemptions: 10n, redemptionsPerCustomer: 3n, budget: pounds(900n) };
    const id = await harness.campaign(aSpec("TEN", { limits }));
    const customers = Array.from({ length: 5 }, () => uuidv7());
    const live = async (turn: number) => {
      const name = `r${turn}`;
      await harness.reserve(name, id, { code: "TEN", customerId: customers[turn % 5] ?? "" });
      if (turn % 3 === 0) return harness.release(name);
      await harness.commit(name);
      return turn % 3 === 1 ? harness.rollback(name) : undefined;
    };
    const { refused } = await race(attempts(live));
    expect(["LIMIT_REACHED", "CUSTOMER_LIMIT_REACHED", "BUDGET_EXHAUSTED"]).toEqual(
      expect.arrayContaining(refused),
    );
  });
});
