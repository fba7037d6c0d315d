import { describe, expect, it } from "@jest/globals";
import {
  defaultSlotTemplate,
  findSlot,
  openSlots,
  slotHorizonMs,
  slotIsOpen,
  slotLeadMs,
} from "./slot-template.js";
import { dayMs } from "./time-span.js";

const now = Date.UTC(2010, 11, 1, 12); // a Wednesday
const slots = (days: number) =>
  openSlots(defaultSlotTemplate, "gb-sw", now, { startsAtMs: now, endsAtMs: now + days * dayMs });

describe("slots", () => {
  it("begin after the lead time, in order", () => {
    expect(slots(2).map(({ slotId }) => slotId)).toEqual([
      "gb-sw-20101202-08",
      "gb-sw-20101202-10",
      "gb-sw-20101202-12",
      "gb-sw-20101202-14",
      "gb-sw-20101202-16",
      "gb-sw-20101202-18",
      "gb-sw-20101203-08",
      "gb-sw-20101203-10",
    ]);
  });

  it("are not driven on Sundays, nor beyond the horizon", () => {
    const days = new Set(slots(14).map(({ slotId }) => slotId.slice(6, 14)));
    expect(days.has("20101205")).toBe(false);
    expect(slots(14)).toHaveLength(12 * 6 - 4); // eleven whole days and two slots of the last
    expect(slots(30)).toEqual(slots(14));
  });

  it("are found by their name again", () => {
    for (const slot of slots(14)) expect(findSlot(defaultSlotTemplate, slot.slotId)).toEqual(slot);
  });

  it.each(["", "gb-sw-20101202-09", "gb-sw-20101205-08", "gb-sw-20101332-08", "gb-sw-2010120-08", "x"])(
    "are not found by the name %j",
    (slotId) => {
      expect(findSlot(defaultSlotTemplate, slotId)).toBeUndefined();
    },
  );

  it("close a lead time before they begin, and open a horizon before", () => {
    const slot = slots(2)[0];
    if (!slot) throw new Error("no slot");
    const begins = slot.window.startsAtMs;
    expect(slotIsOpen(slot, begins - slotLeadMs)).toBe(true);
    expect(slotIsOpen(slot, begins - slotLeadMs + 1)).toBe(false);
    expect(slotIsOpen(slot, begins - slotHorizonMs)).toBe(false);
    expect(slotIsOpen(slot, begins - slotHorizonMs + 1)).toBe(true);
  });
});
