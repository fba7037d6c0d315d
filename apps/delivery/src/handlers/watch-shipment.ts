import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Call } from "@charter/server";
import { Deadline } from "@charter/time";
import type {
  WatchShipmentRequest,
  WatchShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { isTerminal } from "../domain/shipment-state.js";
import { minuteMs } from "../domain/time-span.js";
import { fromProtoState } from "../messages/shipment-state.js";
import { type ShipmentView, shipmentViews } from "../shipments/shipment-views.js";
import { findShipment } from "../store/shipments.js";
import type { DeliveryDeps } from "./delivery-deps.js";
import { heartbeatMs } from "./heartbeat.js";

/** After this long the stream ends in good order; the contract bounds it a minute later. */
const maxAgeMs = 15 * minuteMs;

type Response = MessageInitShape<typeof WatchShipmentResponseSchema>;

/** Follows a parcel: how it stands, then every change, to its end. */
export function watchShipmentHandler({ db, clock, tail }: DeliveryDeps) {
  return async function* (
    { trackingNumber }: WatchShipmentRequest,
    { signal }: Call,
  ): AsyncIterable<Response> {
    const shipment = await findShipment(db, { trackingNumber });
    if (!shipment) throw deliveryError(DeliveryError.SHIPMENT_NOT_FOUND);
    const age = Deadline.after(clock, maxAgeMs);
    // Before the first look, so that no change falls between the look and the watching.
    const watcher = await tail.watch(shipment.shipmentId);
    try {
      let last: ShipmentView | undefined;
      while (!age.expired) {
        const views = await shipmentViews(db, shipment, last?.version);
        for (const view of views) yield { shipment: view };
        last = views.at(-1) ?? last;
        if (hasEnded(last)) return;
        const waking = await watcher.wait(Math.min(heartbeatMs, age.remainingMs()), signal);
        if (waking === "ended") return;
        if (waking === "timeout" && last && !age.expired) yield { shipment: last, heartbeat: true };
      }
    } finally {
      watcher.close();
    }
  };
}

function hasEnded(view: ShipmentView | undefined): boolean {
  return view?.state !== undefined && isTerminal(fromProtoState(view.state));
}
