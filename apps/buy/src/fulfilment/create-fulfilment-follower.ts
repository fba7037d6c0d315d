import { timestampDate } from "@bufbuild/protobuf/wkt";
import { advanceCursor, cursorPosition, inTransaction } from "@charter/postgres";
import { sleep } from "@charter/time";
import type { ShipmentChange } from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import type { ShipmentReport } from "../store/order-shipments.js";
import { applyReport } from "./apply-report.js";
import type { FulfilmentDeps } from "./fulfilment-deps.js";
import { stageOf } from "./shipment-stage.js";

/** Lets orders follow their parcels, by the events of the delivery service. */
export interface FulfilmentFollower {
  start(): void;
  /** Ends the stream; an event that is being applied is finished. */
  stop(): Promise<void>;
}

/** The name under which the position of the last applied event is kept. */
export const CONSUMER = "delivery-events";
const MAX_BACKOFF_MS = 10_000;
const DEFAULT_BACKOFF_MS = 100;

/**
 * Makes the follower; it does nothing before `start`. Events come at least once and are applied once: the cursor moves in the
 * transaction that changes the order. A stream that breaks is opened anew where the cursor stands.
 */
export function createFulfilmentFollower(deps: FulfilmentDeps): FulfilmentFollower {
  return new Follower(deps);
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
    let events = 0;
    for await (const { position, change } of delivery.watchEvents({ afterPosition }, { signal })) {
      if (!change) continue;
      await this.#apply(position, change);
      events += 1;
    }
    return events;
  }

  async #apply(position: bigint, change: ShipmentChange): Promise<void> {
    const { db, log, checkout } = this.#deps;
    const report = reportOf(change);
    if (!report)
      log.warn({ position: String(position), status: change.state }, "a status of a shipment is not known");
    await inTransaction(db, async (tx) => {
      if (!(await advanceCursor(tx, { consumer: CONSUMER, position }))) return;
      if (report) await applyReport(tx, report, this.#deps);
    });
    if (report?.stage === "CANCELLED") checkout.wake();
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
