import type { Destination } from "./destination.js";
import { type PackItem, pack, tooLarge } from "./packing.js";
import { promiseFor } from "./promise.js";
import type { ServiceLevel } from "./service-level.js";
import { openSlots, type SlotTemplate, slotHorizonMs } from "./slot-template.js";
import { priceMinor, type Service, servicesOf, tariffCurrency } from "./tariff.js";
import { minuteMs, type TimeSpan } from "./time-span.js";
import { slotAreaOf, zoneOf } from "./zone.js";

/** One way to send everything. */
export interface QuoteOption {
  readonly level: ServiceLevel;
  readonly priceMinor: bigint;
  readonly promise: TimeSpan;
}

/** What it costs to send something, and until when that holds. */
export interface Quote {
  readonly destination: Destination;
  readonly billableGrams: bigint;
  readonly parcels: bigint;
  readonly currencyCode: string;
  readonly expiresAtMs: number;
  /** The cheapest first; at most one per level. */
  readonly options: readonly QuoteOption[];
}

export type QuoteOutcome =
  | { readonly kind: "quoted"; readonly quote: Quote }
  | { readonly kind: "not_served" }
  | { readonly kind: "item_too_large"; readonly index: number };

/** How long a quote holds. */
export const quoteLifeMs = 30 * minuteMs;

/** Prices the items for the destination at `nowMs`. */
export function quote(
  template: SlotTemplate,
  destination: Destination,
  items: readonly PackItem[],
  nowMs: number,
): QuoteOutcome {
  const zone = zoneOf(destination);
  if (zone === undefined) return { kind: "not_served" };
  const index = items.findIndex(tooLarge);
  if (index >= 0) return { kind: "item_too_large", index };
  const packing = pack(items);
  const options = servicesOf(zone).flatMap(([level, service]) => {
    const promise = level === "SLOT" ? slotsSpan(template, destination, nowMs) : wholeDays(service, nowMs);
    return promise ? [{ level, priceMinor: priceMinor(service, packing), promise }] : [];
  });
  options.sort((a, b) => Number(a.priceMinor - b.priceMinor));
  const expiresAtMs = nowMs + quoteLifeMs;
  return {
    kind: "quoted",
    quote: { destination, ...packing, currencyCode: tariffCurrency, expiresAtMs, options },
  };
}

function wholeDays(service: Service, nowMs: number): TimeSpan {
  return promiseFor(nowMs, service.transitDays);
}

function slotsSpan(template: SlotTemplate, destination: Destination, nowMs: number): TimeSpan | undefined {
  const area = slotAreaOf(destination);
  if (area === undefined) return undefined;
  const slots = openSlots(template, area, nowMs, { startsAtMs: nowMs, endsAtMs: nowMs + slotHorizonMs });
  const [first, last] = [slots[0], slots.at(-1)];
  return first && last && { startsAtMs: first.window.startsAtMs, endsAtMs: last.window.endsAtMs };
}
