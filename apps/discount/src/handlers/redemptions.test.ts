import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Trigger } from "@shop/contract/shop/discount/v1/campaign_pb.js";
import { RedemptionState } from "@shop/contract/shop/discount/v1/redemption_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { aSpec, type Harness, openHarness, pounds } from "../testing/harness.js";

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(async () => {
  expect(await harness.violations()).toEqual([]);
  await harness.close();
});

const single = { limits: { totalRedemptions: 1n } };
const who = () => ({ orderId: uuidv7(), customerId: uuidv7(), code: "TEN" });
const reason = (name: string) => expect.objectContaining({ reason: name });

describe("ReserveRedemption", () => {
  it("holds every campaign until its time is over", async () => {
    const ten = await harness.campaign(aSpec("TEN"));
    const order = who();
    const { redemption } = await harness.reserve("saga:discount", ten, { ...order, ttlS: 60 });
    expect(redemption).toMatchObject({
      redemptionId: "saga:discount",
      orderId: order.orderId,
      customerId: order.customerId,
      state: RedemptionState.RESERVED,
      items: [{ campaignId: ten, code: "TEN", amount: pounds(100n) }],
      expireTime: { seconds: BigInt(harness.clock.nowMs() / 1_000 + 60) },
    });
  });

  it("answers a repetition as it is, and refuses the id for another order", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    const order = who();
    const first = await harness.reserve("r", ten, order);
    await harness.clock.advance(1_000);
    expect(await harness.reserve("r", ten, order)).toEqual(first);
    for (const change of [{ orderId: uuidv7() }, { customerId: uuidv7() }, { minor: 99n }]) {
      await expect(harness.reserve("r", ten, { ...order, ...change })).rejects.toEqual(
        reason("REDEMPTION_MISMATCH"),
      );
    }
  });

  it("counts once however often it is sent at the same time", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    const order = who();
    const answers = await Promise.all(Array.from({ length: 20 }, () => harness.reserve("r", ten, order)));
    expect(new Set(answers.map((answer) => answer.redemption.state))).toEqual(
      new Set([RedemptionState.RESERVED]),
    );
  });

  it("holds all or nothing", async () => {
    const open = await harness.campaign(aSpec("OPEN"));
    const full = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("first", full, who());
    const items = [
      { campaignId: open, code: "OPEN", amount: pounds(5n) },
      { campaignId: full, code: "TEN", amount: pounds(5n) },
    ];
    await expect(harness.reserveItems("both", items)).rejects.toEqual(reason("LIMIT_REACHED"));
    const { evaluation } = await harness.evaluate({ currencyCode: "GBP" });
    expect(evaluation.discountTotal).toEqual(pounds(0n));
    const { rows } =
      await sql`SELECT 1 FROM campaign_usage WHERE campaign_id = ${open} AND reserved_count > 0`.execute(
        harness.db,
      );
    expect(rows).toEqual([]);
  });

  it("names the limit that has no room", async () => {
    const order = who();
    const customer = await harness.campaign(aSpec("TEN", { limits: { redemptionsPerCustomer: 1n } }));
    await harness.reserve("c1", customer, order);
    await expect(harness.reserve("c2", customer, { ...order, orderId: uuidv7() })).rejects.toEqual(
      reason("CUSTOMER_LIMIT_REACHED"),
    );
    const budget = await harness.campaign(aSpec("POT", { limits: { budget: pounds(150n) } }));
    await harness.reserve("b1", budget, { code: "POT" });
    await expect(harness.reserve("b2", budget, { code: "POT" })).rejects.toEqual(reason("BUDGET_EXHAUSTED"));
    await harness.reserve("b3", budget, { code: "POT", minor: 50n });
  });

  it("refuses campaigns and codes that do not hold", async () => {
    const ten = await harness.campaign(aSpec("TEN"));
    const automatic = await harness.campaign(aSpec("x", { trigger: Trigger.AUTOMATIC, codes: [] }));
    const endTime = { seconds: BigInt(harness.clock.nowMs() / 1_000) };
    const over = await harness.campaign(aSpec("OVER", { endTime }));
    await expect(harness.reserve("r", uuidv7())).rejects.toEqual(reason("CAMPAIGN_NOT_FOUND"));
    await expect(harness.reserve("r", over, { code: "OVER" })).rejects.toEqual(
      reason("CAMPAIGN_NOT_RUNNING"),
    );
    await expect(harness.reserve("r", ten, { code: "OVER" })).rejects.toEqual(reason("CODE_MISMATCH"));
    await expect(harness.reserve("r", ten)).rejects.toEqual(reason("CODE_MISMATCH"));
    await expect(harness.reserve("r", automatic, { code: "TEN" })).rejects.toEqual(reason("CODE_MISMATCH"));
    const euros = { campaignId: ten, code: "TEN", amount: { currencyCode: "EUR", minor: 5n } };
    await expect(harness.reserveItems("r", [euros])).rejects.toEqual(reason("REQUEST_INVALID"));
    // None of these refusals has used up the id.
    await harness.reserve("r", ten, who());
  });

  it("holds nothing for an order without discounts", async () => {
    expect((await harness.reserveItems("empty", [])).redemption).toMatchObject({ items: [] });
    expect((await harness.commit("empty")).redemption.state).toBe(RedemptionState.COMMITTED);
  });
});

describe("CommitRedemption", () => {
  it("uses up what was held, once", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("r", ten, who());
    const first = await harness.commit("r");
    expect(first.redemption.state).toBe(RedemptionState.COMMITTED);
    expect(await harness.commit("r")).toEqual(first);
    await harness.clock.advance(86_400_000);
    await expect(harness.reserve("other", ten, who())).rejects.toEqual(reason("LIMIT_REACHED"));
  });

  it("needs a reservation", async () => {
    await expect(harness.commit("unknown")).rejects.toEqual(reason("REDEMPTION_NOT_FOUND"));
  });

  it("still succeeds after the expiry as long as nobody took the place", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("r", ten, { ...who(), ttlS: 10 });
    await harness.clock.advance(10_000);
    expect((await harness.commit("r")).redemption.state).toBe(RedemptionState.COMMITTED);
  });

  it("takes a place again that was freed and is free once more", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("late", ten, { ...who(), ttlS: 10 });
    await harness.clock.advance(10_000);
    await harness.reserve("other", ten, who());
    await harness.release("other");
    expect((await harness.commit("late")).redemption.state).toBe(RedemptionState.COMMITTED);
  });

  it("is refused after the expiry when others took the place", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("late", ten, { ...who(), ttlS: 10 });
    await harness.clock.advance(10_000);
    await harness.reserve("other", ten, who());
    await expect(harness.commit("late")).rejects.toEqual(reason("REDEMPTION_EXPIRED"));
    expect((await harness.commit("other")).redemption.state).toBe(RedemptionState.COMMITTED);
  });
});

describe("an expired reservation", () => {
  it("is answered as expired and can be reserved anew", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    const order = { ...who(), ttlS: 10 };
    await harness.reserve("r", ten, order);
    await harness.clock.advance(9_999);
    await expect(harness.reserve("other", ten, who())).rejects.toEqual(reason("LIMIT_REACHED"));
    await harness.clock.advance(1);
    const { redemption } = await harness.reserve("r", ten, order);
    expect(redemption).toMatchObject({ state: RedemptionState.RESERVED });
    expect(redemption.expireTime?.seconds).toBe(BigInt(harness.clock.nowMs() / 1_000 + 10));
  });

  it("cannot be reserved anew once others took the place", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    const order = { ...who(), ttlS: 10 };
    await harness.reserve("r", ten, order);
    await harness.clock.advance(10_000);
    await harness.reserve("other", ten, who());
    await expect(harness.reserve("r", ten, order)).rejects.toEqual(reason("LIMIT_REACHED"));
    expect((await harness.release("r")).redemption.state).toBe(RedemptionState.RELEASED);
  });
});

describe("ReleaseRedemption", () => {
  it("frees what was held, once", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    await harness.reserve("r", ten, who());
    const first = await harness.release("r");
    expect(first.redemption.state).toBe(RedemptionState.RELEASED);
    expect(await harness.release("r")).toEqual(first);
    await harness.reserve("other", ten, who());
    await expect(harness.commit("r")).rejects.toEqual(reason("REDEMPTION_RELEASED"));
  });

  it("that overtakes its reservation refuses it when it arrives", async () => {
    const ten = await harness.campaign(aSpec("TEN", single));
    expect((await harness.release("r")).redemption).toMatchObject({
      state: RedemptionState.RELEASED,
      orderId: "",
      items: [],
    });
    await expect(harness.reserve("r", ten, who())).rejects.toEqual(reason("REDEMPTION_RELEASED"));
    await harness.reserve("other", ten, who());
  });

  it("ends the same way whichever of the two wins a race", async () => {
    const ten = await harness.campaign(aSpec("TEN"));
    const pairs = Array.from({ length: 30 }, (_, turn) => `race-${turn}`);
    await Promise.all(
      pairs.flatMap((id) => [harness.reserve(id, ten, who()).catch(() => undefined), harness.release(id)]),
    );
    const { rows } = await sql`SELECT DISTINCT state FROM redemption`.execute(harness.db);
    expect(rows).toEqual([{ state: "released" }]);
  });

  it("is refused after the commit", async () => {
    const ten = await harness.campaign(aSpec("TEN"));
    await harness.reserve("r", ten, who());
    await harness.commit("r");
    await expect(harness.release("r")).rejects.toEqual(reason("REDEMPTION_COMMITTED"));
  });
});

describe("RollbackRedemption", () => {
  it("gives back total, customer's count and budget, once", async () => {
    const order = who();
    const limits = { totalRedemptions: 1n, redemptionsPerCustomer: 1n, budget: pounds(100n) };
    const ten = await harness.campaign(aSpec("TEN", { limits }));
    await harness.reserve("r", ten, order);
    await harness.commit("r");
    const first = await harness.rollback("r");
    expect(first.redemption.state).toBe(RedemptionState.ROLLED_BACK);
    expect(await harness.rollback("r")).toEqual(first);
    await harness.reserve("again", ten, { ...order, orderId: uuidv7() });
    await expect(harness.commit("r")).rejects.toEqual(reason("REDEMPTION_ROLLED_BACK"));
    expect((await harness.release("r")).redemption.state).toBe(RedemptionState.ROLLED_BACK);
  });

  it("is for what is committed only", async () => {
    const ten = await harness.campaign(aSpec("TEN"));
    await expect(harness.rollback("r")).rejects.toEqual(reason("REDEMPTION_NOT_FOUND"));
    await harness.reserve("r", ten, who());
    await expect(harness.rollback("r")).rejects.toEqual(reason("REDEMPTION_NOT_COMMITTED"));
    await harness.release("r");
    await expect(harness.rollback("r")).rejects.toEqual(reason("REDEMPTION_RELEASED"));
  });
});
