import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Executor } from "@charter/postgres";
import type { TrackedShipmentSchema } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { historyOf } from "../domain/shipment-history.js";
import { toProtoTrackedShipment } from "../messages/shipment.js";
import { reportsOf } from "../store/shipment-reports.js";
import type { StoredShipment } from "../store/shipments.js";

/** What the public may know of a shipment at one revision. */
export type ShipmentView = MessageInitShape<typeof TrackedShipmentSchema> & { readonly revision: number };

/** The shipment as it stood at each revision after `afterRevision`, in order; without it, only as it stands now. */
export async function shipmentViews(
  db: Executor,
  shipment: StoredShipment,
  afterRevision?: number,
): Promise<readonly ShipmentView[]> {
  const reports = await reportsOf(db, shipment.shipmentId);
  const first = afterRevision === undefined ? reports.length : afterRevision + 1;
  const views: ShipmentView[] = [];
  for (let revision = first; revision <= reports.length; revision += 1) {
    const history = historyOf(reports.slice(0, revision));
    views.push({ ...toProtoTrackedShipment(shipment, history, revision), revision });
  }
  return views;
}
