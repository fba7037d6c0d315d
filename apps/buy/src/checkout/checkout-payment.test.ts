import { type Clock, systemClock } from "@charter/time";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type OrderShop, openOrderShop } from "../testing/order-shop.js";
import { authorizationKeyOf } from "./checkout-keys.js";

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop();
});
afterAll(() => shop.close());

/** What the provider's books say of an order: how often it was charged, and what is where now. */
async function books(id: string) {
  const { rows } = await sql<{ charges: number; held: bigint; merchant: bigint }>`
    select count(*) filter (where kind = 'authorize' and account = 'held')::int as charges,
      coalesce(sum(amount_minor) filter (where account = 'held'), 0)::int8 as held,
      coalesce(sum(amount_minor) filter (where account = 'merchant'), 0)::int8 as merchant
    from provider.entries join provider.operations on operations.key = operation_key
    where entries.authorization_key = ${authorizationKeyOf(id)}`.execute(shop.db);
  return rows[0];
}

const LATE_MS = 3_600_000;

/** The machine's time, but requests that are late arrive when `arrive` is called, which answers how many there were. */
function clockOfLateRequests() {
  const late: (() => void)[] = [];
  const setTimer: Clock["setTimer"] = (callback, delayMs) => {
    if (delayMs < LATE_MS) return systemClock.setTimer(callback, delayMs);
    late.push(callback);
    return { clear() {} };
  };
  const arrive = () => {
    for (const callback of late) callback();
    return late.length;
  };
  return { providerClock: { ...systemClock, setTimer }, arrive };
}

async function checkOut(paymentMethod: string) {
  const id = await shop.place({ paymentMethod });
  await shop.settle();
  return shop.order(id);
}

describe("a payment whose outcome is not known", () => {
  it.each(["pm_timeout_after_charge", "pm_timeout_before_charge"])(
    "is asked for, and %s ends with exactly one charge",
    async (method) => {
      const order = await checkOut(method);
      expect(order.state).toBe("CONFIRMED");
      expect(await books(order.id)).toEqual({ charges: 1, held: 0n, merchant: order.price.totalMinor });
      expect(await shop.violations()).toEqual([]);
    },
  );

  it("shows as unknown until it is", async () => {
    const id = await shop.place({ paymentMethod: "pm_timeout_after_charge" });
    await shop.checkout.runDue();
    const { state, payment } = await shop.order(id);
    expect([state, payment?.state]).toEqual(["PENDING", "AUTHORIZATION_UNKNOWN"]);
    await shop.settle();
    expect((await shop.order(id)).payment?.state).toBe("CAPTURED");
  });

  it("that never becomes known fails the order without a charge", async () => {
    const order = await checkOut("pm_timeout_always");
    expect([order.state, order.failure?.reason]).toEqual(["FAILED", "UNAVAILABLE"]);
    expect(order.payment?.state).toBe("VOIDED");
    expect(await books(order.id)).toEqual({ charges: 0, held: 0n, merchant: 0n });
    expect(await shop.violations()).toEqual([]);
  });

  it("that charges after it was given up comes upon the tombstone", async () => {
    const { providerClock, arrive } = clockOfLateRequests();
    const impatient = await openOrderShop({ providerTimeoutMs: 50, providerLateMs: LATE_MS, providerClock });
    const id = await impatient.place({ paymentMethod: "pm_authorize_late" });
    await impatient.settle();
    expect((await impatient.order(id)).state).toBe("FAILED");
    expect(arrive()).toBeGreaterThan(0);
    await impatient.provider.idle();
    const { provider } = impatient;
    expect(await provider.query(authorizationKeyOf(id))).toEqual({ kind: "declined", reason: "VOIDED" });
    expect(await impatient.violations()).toEqual([]);
    await impatient.close();
  });
});

describe("a payment that can be taken only later", () => {
  it.each(["pm_capture_fails_twice", "pm_capture_timeout_after"])(
    "%s is taken once in the end",
    async (method) => {
      const order = await checkOut(method);
      expect(order.payment?.state).toBe("CAPTURED");
      expect(await books(order.id)).toEqual({ charges: 1, held: 0n, merchant: order.price.totalMinor });
      expect(await shop.violations()).toEqual([]);
    },
  );
});
