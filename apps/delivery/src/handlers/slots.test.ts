import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ListSlotsRequestSchema,
  ReleaseSlotRequestSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { defaultSlotTemplate } from "../domain/slot-template.js";
import { dayMs, minuteMs } from "../domain/time-span.js";
import { buy, createFixture, type Fixture, startMs } from "../testing/fixture.js";
import { freePlaces, london, quoteId, reserve, ship, slotIds } from "../testing/requests.js";
import { holdMs } from "./reserve-slot.js";

const capacity = 5;
let fixture: Fixture;
let slots: readonly string[];
let quote: string;
beforeAll(async () => {
  fixture = await createFixture({ template: { ...defaultSlotTemplate, capacity } });
  slots = await slotIds(fixture);
  quote = await quoteId(fixture);
});
afterAll(() => fixture.close());

const slot = (index: number) => slots[index] ?? "";
const reserveAs = (reservationKey: string, slotId: string) =>
  reserve(fixture, { reservationKey, slotId, quoteId: quote });
const releaseAs = (reservationKey: string) =>
  fixture.api.releaseSlot(create(ReleaseSlotRequestSchema, { reservationKey }), fixture.call(buy));
const reason = (name: string) => expect.objectContaining({ reason: name, domain: "shop.delivery.v1" });

describe("ListSlots", () => {
  it("lists the coming days from the template, all free", async () => {
    const { slots: listed = [] } = await fixture.api.listSlots(
      create(ListSlotsRequestSchema, { destination: london, days: 1 }),
    );
    expect(listed.map(({ slotId, free }) => [slotId, free])).toEqual([
      ["gb-sw-20101202-08", capacity],
      ["gb-sw-20101202-10", capacity],
    ]);
  });

  it("begins where it is asked to, and never in the past", async () => {
    const from = timestampFromMs(startMs + 2 * dayMs);
    const later = await fixture.api.listSlots(
      create(ListSlotsRequestSchema, { destination: london, startTime: from, days: 1 }),
    );
    expect(later.slots?.[0]?.slotId).toBe("gb-sw-20101203-12");
    const past = timestampFromMs(startMs - 9 * dayMs);
    const now = await fixture.api.listSlots(
      create(ListSlotsRequestSchema, { destination: london, startTime: past }),
    );
    expect(now.slots?.[0]?.slotId).toBe("gb-sw-20101202-08");
  });

  it("is empty where no slots are driven, and refuses where nobody delivers", async () => {
    const list = (countryCode: string, postalCode = "") =>
      fixture.api.listSlots(create(ListSlotsRequestSchema, { destination: { countryCode, postalCode } }));
    expect(await list("FR", "75001")).toEqual({ slots: [] });
    await expect(list("AQ")).rejects.toEqual(reason("DESTINATION_NOT_SERVED"));
    await expect(list("GB", "75001")).rejects.toEqual(expect.objectContaining({ reason: "REQUEST_INVALID" }));
  });
});

describe("ReserveSlot", () => {
  it("gives 100 callers at once no more places than there are", async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `race:${index}`);
    const outcomes = await Promise.allSettled(keys.map((key) => reserveAs(key, slot(0))));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refused).toHaveLength(100 - capacity);
    for (const error of refused) expect(error).toEqual(reason("SLOT_FULL"));
    expect(await freePlaces(fixture, slot(0))).toBe(0);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("takes one place for one key, however often and however many at once", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => reserveAs("once", slot(1))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer, bigints))).size).toBe(1);
    expect(await freePlaces(fixture, slot(1))).toBe(capacity - 1);
  });

  it("keeps the keys of different callers apart", async () => {
    const other = { kind: "service", service: "other" } as const;
    await fixture.api.releaseSlot(
      create(ReleaseSlotRequestSchema, { reservationKey: "apart" }),
      fixture.call(other),
    );
    await expect(reserveAs("apart", slot(1))).resolves.toMatchObject({ slotId: slot(1) });
  });

  it("refuses a key for another slot, a foreign quote, an unknown and a closed slot", async () => {
    await reserveAs("mine", slot(2));
    await expect(reserveAs("mine", slot(3))).rejects.toEqual(reason("IDEMPOTENCY_KEY_REUSED"));
    await expect(reserveAs("a", "gb-sw-20101205-08")).rejects.toEqual(reason("SLOT_NOT_FOUND"));
    await expect(reserveAs("a", "gb-m-20101202-08")).rejects.toEqual(reason("QUOTE_MISMATCH"));
    await expect(reserveAs("a", "gb-sw-20101201-18")).rejects.toEqual(reason("SLOT_CLOSED"));
    const forged = { reservationKey: "a", slotId: slot(2), quoteId: `${quote.slice(0, -4)}AAAA` };
    await expect(reserve(fixture, forged)).rejects.toEqual(reason("QUOTE_INVALID"));
    const paris = await quoteId(fixture, { countryCode: "FR", postalCode: "75001" });
    const abroad = { reservationKey: "a", slotId: slot(2), quoteId: paris };
    await expect(reserve(fixture, abroad)).rejects.toEqual(reason("QUOTE_MISMATCH"));
  });
});

describe("ReleaseSlot", () => {
  it("gives the place back, once, and uses the key up", async () => {
    await reserveAs("back", slot(4));
    expect(await freePlaces(fixture, slot(4))).toBe(capacity - 1);
    await releaseAs("back");
    await releaseAs("back");
    expect(await freePlaces(fixture, slot(4))).toBe(capacity);
    await expect(reserveAs("back", slot(4))).rejects.toEqual(reason("RESERVATION_RELEASED"));
  });

  it("refuses a reserve that it has overtaken", async () => {
    await releaseAs("overtaken");
    await expect(reserveAs("overtaken", slot(4))).rejects.toEqual(reason("RESERVATION_RELEASED"));
    expect(await freePlaces(fixture, slot(4))).toBe(capacity);
  });

  it("leaves nothing held when both race", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const reserved = reserveAs(`tie:${index}`, slot(5)).catch(() => undefined);
        await Promise.all([reserved, releaseAs(`tie:${index}`)]);
      }),
    );
    expect(await freePlaces(fixture, slot(5))).toBe(capacity);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("does not touch what became a shipment", async () => {
    await reserveAs("shipped", slot(6));
    await ship(fixture, { quoteId: quote, serviceLevel: ServiceLevel.SLOT, reservationKey: "shipped" });
    await expect(releaseAs("shipped")).rejects.toEqual(reason("RESERVATION_CONFIRMED"));
    expect(await freePlaces(fixture, slot(6))).toBe(capacity - 1);
  });
});

describe("a reservation that expires", () => {
  it("leaves its place to others, and is renewed if one is left", async () => {
    const wanted = slots.at(-1) ?? "";
    await Promise.all(Array.from({ length: capacity }, (_, index) => reserveAs(`old:${index}`, wanted)));
    await expect(reserveAs("new", wanted)).rejects.toEqual(reason("SLOT_FULL"));
    await fixture.clock.advance(holdMs);
    expect(await freePlaces(fixture, wanted)).toBe(capacity);
    await reserveAs("new", wanted);
    const renewed = await reserveAs("old:0", wanted);
    expect(renewed.expireTime).toEqual(timestampFromMs(fixture.clock.nowMs() + holdMs));
    expect(await freePlaces(fixture, wanted)).toBe(capacity - 2);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("needs a quote that lives, unless its key was known before", async () => {
    const wanted = slots.at(-2) ?? "";
    await reserveAs("known", wanted);
    await fixture.clock.advance(20 * minuteMs);
    await expect(reserveAs("late", wanted)).rejects.toEqual(reason("QUOTE_EXPIRED"));
    await expect(reserveAs("known", wanted)).resolves.toMatchObject({ slotId: wanted });
  });
});

const bigints = (_key: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
