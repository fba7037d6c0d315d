import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { inTransaction } from "@charter/postgres";
import type { Call } from "@charter/server";
import {
  type CarrierEvent,
  CarrierEventRefusalReason,
  type RefusedCarrierEventSchema,
} from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import type {
  IngestCarrierEventsRequest,
  IngestCarrierEventsResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { hourMs } from "../domain/time-span.js";
import { fromProtoState } from "../messages/shipment-state.js";
import { recordReport } from "../shipments/record-report.js";
import type { DeliveryTransaction } from "../store/database.js";
import { lockShipment } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** How far a carrier's clock may be ahead of ours. */
const maxAheadMs = hourMs;
/** Refusals that are told one by one; the others are only counted. */
const maxRefusalsTold = 100;

type Verdict = "accepted" | "duplicate" | CarrierEventRefusalReason;

/** Takes in what a carrier reports, each event in a transaction of its own. */
export function ingestCarrierEventsHandler({ db, clock, tail }: DeliveryDeps) {
  return async (
    requests: AsyncIterable<IngestCarrierEventsRequest>,
    { signal }: Call,
  ): Promise<MessageInitShape<typeof IngestCarrierEventsResponseSchema>> => {
    const account = new Account();
    for await (const { event } of requests) {
      if (!event) throw new Error("validation let a request without an event through");
      const nowMs = clock.nowMs();
      const verdict = await inTransaction(db, (tx) => take(tx, event, nowMs), { signal, clock });
      account.count(event, verdict);
      if (verdict === "accepted") tail.nudge();
    }
    return account.sum();
  };
}

async function take(tx: DeliveryTransaction, event: CarrierEvent, nowMs: number): Promise<Verdict> {
  const occurredAtMs = event.occurTime ? timestampMs(event.occurTime) : 0;
  if (occurredAtMs > nowMs + maxAheadMs) return CarrierEventRefusalReason.OCCURRED_IN_FUTURE;
  const shipment = await lockShipment(tx, { trackingNumber: event.trackingNumber });
  if (!shipment) return CarrierEventRefusalReason.UNKNOWN_TRACKING_NUMBER;
  const state = fromProtoState(event.state);
  const report = { reportId: event.carrierEventId, state, occurredAtMs, location: event.location };
  const outcome = await recordReport(tx, shipment, report, { carrier: shipment.carrier, nowMs });
  switch (outcome.kind) {
    case "recorded":
      return "accepted";
    case "duplicate":
      return "duplicate";
    case "conflict":
      return CarrierEventRefusalReason.CONFLICTING_DUPLICATE;
    case "full":
      return CarrierEventRefusalReason.TOO_MANY_EVENTS;
  }
}

/** Counts what became of the events of one stream. */
class Account {
  #accepted = 0n;
  #duplicates = 0n;
  #refused = 0n;
  readonly #refusals: MessageInitShape<typeof RefusedCarrierEventSchema>[] = [];

  count({ carrierEventId }: CarrierEvent, verdict: Verdict): void {
    const index = this.#accepted + this.#duplicates + this.#refused;
    if (verdict === "accepted") this.#accepted += 1n;
    else if (verdict === "duplicate") this.#duplicates += 1n;
    else {
      this.#refused += 1n;
      if (this.#refusals.length < maxRefusalsTold)
        this.#refusals.push({ index, carrierEventId, reason: verdict });
    }
  }

  sum(): MessageInitShape<typeof IngestCarrierEventsResponseSchema> {
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      refused: this.#refused,
      refusals: this.#refusals,
    };
  }
}
