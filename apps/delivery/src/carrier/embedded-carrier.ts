import { inTransaction } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { isTerminal } from "../domain/shipment-state.js";
import { type Reported, recordReports } from "../shipments/record-report.js";
import {
  claimDueParcels,
  type DueParcel,
  deleteParcels,
  insertParcel,
  nextDueMs,
  rescheduleParcels,
} from "../store/carrier-parcels.js";
import type { DeliveryDatabase, DeliveryTransaction } from "../store/database.js";
import type { Carrier, Parcel } from "./carrier.js";
import { type JourneyStep, journeyOf } from "./journey.js";

export interface EmbeddedCarrierOptions {
  readonly db: DeliveryDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many times faster than the machine's clock the carrier's runs. Default 1. */
  readonly speed?: number;
  /** Told after something has happened to a parcel. */
  readonly onMoved?: () => void;
}

const name = "embedded";
/** Steps taken in one go before the caller may look at the clock again. */
const maxStepsPerRun = 500;
/** Parcels that take a step in one transaction. */
const maxAtOnce = 100;

/**
 * A carrier that moves every parcel along its journey, from tables in delivery's own database. All parcels that are due take a step in one
 * transaction: the events are stored and the next steps set together, so that a crash repeats nothing and skips nothing, and processes
 * share the work.
 */
export class EmbeddedCarrier implements Carrier {
  readonly name = name;
  readonly #options: EmbeddedCarrierOptions;
  readonly #speed: number;

  constructor(options: EmbeddedCarrierOptions) {
    this.#options = options;
    this.#speed = options.speed ?? 1;
  }

  async book(tx: DeliveryTransaction, parcel: Parcel): Promise<void> {
    const journey = journeyOf(parcel);
    const dueAtMs = parcel.bookedAtMs + this.#scaled(parcel.bookedAtMs, journey[0]);
    await insertParcel(tx, { ...parcel, journey, nextStep: 0, dueAtMs });
  }

  async withdraw(tx: DeliveryTransaction, shipmentId: string): Promise<void> {
    await deleteParcels(tx, [shipmentId]);
  }

  /** Takes every step that is due, at most 500; returns how many it took. */
  async runDue(): Promise<number> {
    const { db, clock, onMoved } = this.#options;
    let steps = 0;
    while (steps < maxStepsPerRun) {
      const taken = await inTransaction(db, (tx) => this.#step(tx), { clock });
      if (taken === 0) break;
      steps += taken;
      onMoved?.();
    }
    return steps;
  }

  /** Milliseconds until the next step is due; undefined when no parcel is under way. */
  async untilNextMs(): Promise<number | undefined> {
    const dueAtMs = await nextDueMs(this.#options.db);
    return dueAtMs === undefined ? undefined : Math.max(0, dueAtMs - this.#options.clock.nowMs());
  }

  async #step(tx: DeliveryTransaction): Promise<number> {
    const nowMs = this.#options.clock.nowMs();
    const parcels = await claimDueParcels(tx, { nowMs, limit: maxAtOnce });
    // Ended by somebody else's report, or cancelled: there is nothing left to carry.
    const carried = parcels.filter(({ shipment }) => !isTerminal(shipment.state));
    const next = carried.flatMap((parcel) => this.#next(parcel) ?? []);
    const goOn = new Set(next.map(({ shipmentId }) => shipmentId));
    const ids = parcels.map(({ shipmentId }) => shipmentId);
    await deleteParcels(
      tx,
      ids.filter((id) => !goOn.has(id)),
    );
    await rescheduleParcels(tx, next);
    await this.#report(tx, carried.flatMap(reported), nowMs);
    return parcels.length;
  }

  /** Undefined for one that has arrived. */
  #next({ shipmentId, journey, nextStep, dueAtMs }: DueParcel) {
    const step = journey[nextStep];
    const following = journey[nextStep + 1];
    if (!step || !following) return undefined;
    // From the time that was due and not from now: a journey that was held up by a restart makes up for it.
    return { shipmentId, nextStep: nextStep + 1, dueAtMs: dueAtMs + this.#scaled(step.atMs, following) };
  }

  async #report(tx: DeliveryTransaction, reports: readonly Reported[], nowMs: number): Promise<void> {
    const outcomes = await recordReports(tx, reports, { carrier: name, nowMs });
    for (const [index, { kind }] of outcomes.entries()) {
      if (kind === "recorded") continue;
      const fields = { shipmentId: reports[index]?.before.shipmentId, outcome: kind };
      this.#options.log.warn(fields, "the carrier's own report was not taken");
    }
  }

  /** At least a millisecond, so that no two steps of a parcel share a time. */
  #scaled(fromMs: number, step: JourneyStep | undefined): number {
    return step ? Math.max(1, Math.round((step.atMs - fromMs) / this.#speed)) : 0;
  }
}

function reported({ shipmentId, shipment, journey, nextStep, dueAtMs }: DueParcel): readonly Reported[] {
  const step = journey[nextStep];
  if (!step) return [];
  const report = {
    reportId: `${shipmentId}:${nextStep}`,
    state: step.state,
    occurredAtMs: dueAtMs,
    location: step.location,
  };
  return [{ before: shipment, report }];
}
