import type { ShipmentState } from "../domain/shipment-state.js";
import { hourMs, minuteMs } from "../domain/time-span.js";
import type { Parcel } from "./carrier.js";

/** One thing that happens to a parcel, by the carrier's own clock. */
export interface JourneyStep {
  readonly state: ShipmentState;
  readonly atMs: number;
  readonly location: string;
}

/** When each step comes, in hundredths of the way from booking to delivery. */
const plan = [
  { state: "LABELLED", hundredth: 2n, location: "" },
  { state: "HANDED_OVER", hundredth: 10n, location: "Depot Dartford" },
  { state: "IN_TRANSIT", hundredth: 30n, location: "Hub Coventry" },
  { state: "OUT_FOR_DELIVERY", hundredth: 85n, location: "Local depot" },
  { state: "DELIVERED", hundredth: 100n, location: "" },
] as const satisfies readonly { state: ShipmentState; hundredth: bigint; location: string }[];

const shortestMs = 10 * minuteMs;
const longestIntoWindowMs = 5 * hourMs;

/** The uneventful journey of a parcel, which arrives within its promise; at once where the promise lies behind. */
export function journeyOf(parcel: Parcel): readonly JourneyStep[] {
  const { startsAtMs, endsAtMs } = parcel.promise;
  const deliveredAtMs = startsAtMs + Math.min((endsAtMs - startsAtMs) / 2, longestIntoWindowMs);
  const durationMs = BigInt(Math.round(Math.max(shortestMs, deliveredAtMs - parcel.bookedAtMs)));
  return plan.map(({ state, hundredth, location }) => ({
    state,
    atMs: parcel.bookedAtMs + Number((durationMs * hundredth) / 100n),
    location,
  }));
}
