import { inTransaction } from "@charter/postgres";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { isTerminal } from "../domain/shipment-state.js";
import { recordReport } from "../shipments/record-report.js";
import {
  type CarrierParcel,
  claimDueParcel,
  deleteParcel,
  insertParcel,
  nextDueMs,
  rescheduleParcel,
} from "../store/carrier-parcels.js";
import type { DeliveryDatabase, DeliveryTransaction } from "../store/database.js";
import { lockShipment } from "../store/shipments.js";
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

/**
 * A carrier that moves every parcel along its journey, from tables in delivery's own database. Each step is one transaction: the event is
 * stored and the next step set together, so that a crash repeats nothing and skips nothing, and processes share the work.
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
    await deleteParcel(tx, shipmentId);
  }

  /** Takes every step that is due, at most 500; returns how many it took. */
  async runDue(): Promise<number> {
    const { db, clock, onMoved } = this.#options;
    let steps = 0;
    while (steps < maxStepsPerRun && (await inTransaction(db, (tx) => this.#step(tx), { clock }))) {
      steps += 1;
      onMoved?.();
    }
    return steps;
  }

  /** Milliseconds until the next step is due; undefined when no parcel is under way. */
  async untilNextMs(): Promise<number | undefined> {
    const dueAtMs = await nextDueMs(this.#options.db);
    return dueAtMs === undefined ? undefined : Math.max(0, dueAtMs - this.#options.clock.nowMs());
  }

  async #step(tx: DeliveryTransaction): Promise<boolean> {
    const nowMs = this.#options.clock.nowMs();
    const parcel = await claimDueParcel(tx, nowMs);
    const step = parcel?.journey[parcel.nextStep];
    if (!parcel || !step) return false;
    await this.#advance(tx, parcel, step);
    await this.#report(tx, parcel, step, nowMs);
    return true;
  }

  async #advance(tx: DeliveryTransaction, parcel: CarrierParcel, step: JourneyStep): Promise<void> {
    const nextStep = parcel.nextStep + 1;
    const following = parcel.journey[nextStep];
    if (!following) return deleteParcel(tx, parcel.shipmentId);
    // From the time that was due and not from now: a journey that was held up by a restart makes up for it.
    const dueAtMs = parcel.dueAtMs + this.#scaled(step.atMs, following);
    await rescheduleParcel(tx, parcel.shipmentId, { nextStep, dueAtMs });
  }

  async #report(
    tx: DeliveryTransaction,
    parcel: CarrierParcel,
    step: JourneyStep,
    nowMs: number,
  ): Promise<void> {
    const shipment = await lockShipment(tx, { shipmentId: parcel.shipmentId });
    // Ended by somebody else's report, or cancelled: there is nothing left to carry.
    if (!shipment || isTerminal(shipment.state)) return deleteParcel(tx, parcel.shipmentId);
    const report = {
      reportId: `${parcel.shipmentId}:${parcel.nextStep}`,
      state: step.state,
      occurredAtMs: parcel.dueAtMs,
      location: step.location,
    };
    const outcome = await recordReport(tx, shipment, report, { carrier: name, nowMs });
    if (outcome.kind !== "recorded") {
      this.#options.log.warn(
        { shipmentId: parcel.shipmentId, outcome: outcome.kind },
        "the carrier's own report was not taken",
      );
    }
  }

  /** At least a millisecond, so that no two steps of a parcel share a time. */
  #scaled(fromMs: number, step: JourneyStep | undefined): number {
    return step ? Math.max(1, Math.round((step.atMs - fromMs) / this.#speed)) : 0;
  }
}
