import { describe, expect, it } from "@jest/globals";
import { dayMs, hourMs } from "../domain/time-span.js";
import type { Parcel } from "./carrier.js";
import { journeyOf } from "./journey.js";

const bookedAtMs = Date.UTC(2010, 11, 1, 12);
const parcel = (startsInMs: number, lastsMs: number): Parcel => ({
  shipmentId: "s",
  trackingNumber: "t",
  bookedAtMs,
  promise: { startsAtMs: bookedAtMs + startsInMs, endsAtMs: bookedAtMs + startsInMs + lastsMs },
});

describe("a journey", () => {
  it("goes through every state once, in order of time, and ends within the promise", () => {
    const wanted = parcel(dayMs, 2 * hourMs);
    const journey = journeyOf(wanted);
    expect(journey.map(({ state }) => state)).toEqual([
      "LABELLED",
      "HANDED_OVER",
      "IN_TRANSIT",
      "OUT_FOR_DELIVERY",
      "DELIVERED",
    ]);
    const times = journey.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(wanted.promise.startsAtMs + hourMs);
  });

  it("ends on the first day of a promise of several days", () => {
    expect(journeyOf(parcel(dayMs, 3 * dayMs)).at(-1)?.atMs).toBe(bookedAtMs + dayMs + 5 * hourMs);
  });

  it("still takes its time when the promise lies behind", () => {
    const times = journeyOf(parcel(-dayMs, hourMs)).map(({ atMs }) => atMs);
    expect(new Set(times).size).toBe(5);
    expect(times[0]).toBeGreaterThan(bookedAtMs);
  });
});
