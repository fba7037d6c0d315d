import { timestampDate } from "@bufbuild/protobuf/wkt";
import { advanceCursor, cursorPosition, inTransaction, lockCursor } from "@charter/postgres";
import { sleep } from "@charter/time";
import type { ShipmentChange } from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import type { ShipmentReport } from "../store/order-shipments.js";
import { applyReports } from "./apply-reports.js";
import { arrivals } from "./arrivals.js";
import type { FulfilmentDeps } from "./fulfilment-deps.js";
import { stageOf } from "./shipment-stage.js";

/** Lets orders follow their parcels, by the events of the delivery service. */
export interface FulfilmentFollower {
  start(): void;
  /** Ends the stream; events that are being applied are finished. */
  stop(): Promise<void>;
}

/** The name under which the position of the last applied event is kept. */
export const CONSUMER = "delivery-events";
/** Events that are applied in one transaction. */
const MAX_BATCH = 100;
const MAX_BACKOFF_MS = 10_000;
const DEFAULT_BACKOFF_MS = 100;

/**
 * Makes the follower; it does nothing before `start`. Events come at least once and are applied once: the cursor moves in the
 * transaction that changes the orders, which takes all that came while the one before ran. A stream that breaks is opened anew where the
 * cursor stands.
 */
export function createFulfilmentFollower(deps: FulfilmentDeps): FulfilmentFollower {
  return new Follower(deps);
}

interface Event {
  readonly position: bigint;
  /** Undefined for what this version does not know. */
  readonly report: ShipmentReport | undefined;
}

class Follower implements FulfilmentFollower {
  readonly #deps: FulfilmentDeps;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(deps: FulfilmentDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the follower of delivery's events was stopped"));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#deps;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        if ((await this.#follow()) > 0) failures = 0;
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, failures }, "the stream of delivery's events broke");
      }
      await this.#pause(failures);
    }
  }

  /** Follows one stream to its end; answers how many events it brought. */
  async #follow(): Promise<number> {
    const { db, delivery } = this.#deps;
    const { signal } = this.#stopping;
    const afterPosition = await cursorPosition(db, CONSUMER);
    let count = 0;
    const open = (until: AbortSignal) => delivery.watchEvents({ afterPosition }, { signal: until });
    for await (const responses of arrivals(open, { signal, max: MAX_BATCH })) {
      const events = responses.flatMap(({ position, change }) =>
        change ? [{ position, report: this.#reportOf(position, change) }] : [],
      );
      await this.#apply(events);
      count += events.length;
    }
    return count;
  }

  async #apply(events: readonly Event[]): Promise<void> {
    const { db, checkout } = this.#deps;
    const last = events.at(-1);
    if (!last) return;
    await inTransaction(db, async (tx) => {
      const applied = await lockCursor(tx, CONSUMER);
      const reports = events.flatMap(({ position, report }) => (report && position > applied ? report : []));
      if (reports.length > 0) await applyReports(tx, reports, this.#deps);
      await advanceCursor(tx, { consumer: CONSUMER, position: last.position });
    });
    if (events.some(({ report }) => report?.stage === "CANCELLED")) checkout.wake();
  }

  #reportOf(position: bigint, change: ShipmentChange): ShipmentReport | undefined {
    const report = reportOf(change);
    const fields = { position: String(position), status: change.state };
    if (!report) this.#deps.log.warn(fields, "a status of a shipment is not known");
    return report;
  }

  async #pause(failures: number): Promise<void> {
    const { clock, backoffMs = DEFAULT_BACKOFF_MS } = this.#deps;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const ceilingMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** Math.min(failures, 10));
    // Rejects only when the follower is being stopped, which its caller sees by the signal.
    await sleep(clock, Math.random() * ceilingMs, signal).catch(() => undefined);
  }
}

function reportOf(change: ShipmentChange): ShipmentReport | undefined {
  const stage = stageOf(change.state);
  const occurredAt = change.reported?.occurTime ?? change.recordTime;
  if (stage === undefined || occurredAt === undefined) return undefined;
  const { shipmentId, orderId, trackingNumber, version: revision } = change;
  return { shipmentId, orderId, trackingNumber, stage, revision, at: timestampDate(occurredAt) };
}
