import { startOfDay } from "./promise.js";
import { dayMs, hourMs, type TimeSpan } from "./time-span.js";

/** What the slots of every day but Sunday look like. */
export interface SlotTemplate {
  /** Hours (UTC) at which a slot begins. */
  readonly startHours: readonly number[];
  /** How long each lasts. */
  readonly hours: number;
  /** How many deliveries each takes. */
  readonly capacity: number;
}

/** One slot as the template makes it. */
export interface TemplateSlot {
  /** `<area>-<yyyymmdd>-<hh>`; opaque to callers. */
  readonly slotId: string;
  readonly area: string;
  readonly window: TimeSpan;
  readonly capacity: number;
}

export const defaultSlotTemplate: SlotTemplate = {
  startHours: [8, 10, 12, 14, 16, 18],
  hours: 2,
  capacity: 40,
};

/** How far ahead slots can be booked. */
export const slotHorizonMs = 14 * dayMs;

/** How long before its beginning a slot closes for booking. */
export const slotLeadMs = 12 * hourMs;

const sunday = 0;
const idPattern = /^([a-z]{2}-[a-z]{1,2})-(\d{4})(\d{2})(\d{2})-(\d{2})$/;

/** Whether a slot can be booked at `nowMs`. */
export function slotIsOpen(slot: TemplateSlot, nowMs: number): boolean {
  return slot.window.startsAtMs >= nowMs + slotLeadMs && slot.window.startsAtMs < nowMs + slotHorizonMs;
}

/** The slots of an area that can be booked at `nowMs` and begin within the span, the earliest first. */
export function openSlots(
  template: SlotTemplate,
  area: string,
  nowMs: number,
  span: TimeSpan,
): readonly TemplateSlot[] {
  const slots: TemplateSlot[] = [];
  const endMs = Math.min(span.endsAtMs, nowMs + slotHorizonMs);
  for (let day = startOfDay(Math.max(span.startsAtMs, nowMs)); day < endMs; day += dayMs) {
    slots.push(...slotsOfDay(template, area, day));
  }
  return slots.filter((slot) => slotIsOpen(slot, nowMs) && begins(slot, span));
}

/** The slot of that name, past ones included, or undefined when the template makes none of that name. */
export function findSlot(template: SlotTemplate, slotId: string): TemplateSlot | undefined {
  const [, area, year, month, date] = idPattern.exec(slotId) ?? [];
  if (area === undefined) return undefined;
  const day = Date.UTC(Number(year), Number(month) - 1, Number(date));
  return slotsOfDay(template, area, day).find((slot) => slot.slotId === slotId);
}

function slotsOfDay(template: SlotTemplate, area: string, day: number): readonly TemplateSlot[] {
  if (new Date(day).getUTCDay() === sunday) return [];
  return template.startHours.map((hour) => {
    const startsAtMs = day + hour * hourMs;
    return {
      slotId: `${area}-${new Date(day).toISOString().slice(0, 10).replaceAll("-", "")}-${String(hour).padStart(2, "0")}`,
      area,
      window: { startsAtMs, endsAtMs: startsAtMs + template.hours * hourMs },
      capacity: template.capacity,
    };
  });
}

function begins(slot: TemplateSlot, span: TimeSpan): boolean {
  return slot.window.startsAtMs >= span.startsAtMs && slot.window.startsAtMs < span.endsAtMs;
}
