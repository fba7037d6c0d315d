import type { Transaction } from "kysely";
import { cancelConfirmed } from "../checkout/cancel-confirmed.js";
import type { OrderActor } from "../domain/order.js";
import { appendEntries, type NewEntry } from "../store/order-entries.js";
import { reportShipments, type ShipmentReport, shipmentsOf } from "../store/order-shipments.js";
import { type LockedOrder, lockOrder, lockOrders } from "../store/order-write.js";
import { type Followed, followReport } from "./follow-report.js";
import type { FulfilmentDeps } from "./fulfilment-deps.js";

const CARRIER: OrderActor = { kind: "CARRIER" };

/**
 * Lets orders follow what is told of their parcels, in that order. What is older than what is known changes nothing; a parcel of an
 * order that is not ours is passed by. However many there are, it takes the same few statements.
 */
export async function applyReports(
  tx: Transaction<unknown>,
  reports: readonly ShipmentReport[],
  { checkout, clock }: Pick<FulfilmentDeps, "checkout" | "clock">,
): Promise<void> {
  const ids = [...new Set(reports.map(({ orderId }) => orderId))];
  const orders = await lockOrders(tx, ids);
  const parcels = await shipmentsOf(tx, ids);
  const stand = new Map<string, Followed>(
    [...orders].map(([id, { state }]) => [id, { state, parcels: parcels.get(id) ?? [] }]),
  );
  let unwritten = nothing();
  for (const report of reports) {
    const before = stand.get(report.orderId);
    const after = before && followReport(before, report);
    if (!after) continue;
    stand.set(report.orderId, after);
    unwritten.reports.push(report);
    const entries = after.entries.map((entry) => ({
      ...entry,
      orderId: report.orderId,
      actor: CARRIER,
      at: report.at,
    }));
    unwritten.entries.push(...entries);
    if (report.stage !== "CANCELLED") continue;
    await write(tx, unwritten);
    unwritten = nothing();
    const order = await calledOff(tx, report.orderId, { checkout, at: new Date(clock.nowMs()) });
    stand.set(order.id, { ...after, state: order.state });
  }
  await write(tx, unwritten);
}

interface Unwritten {
  readonly reports: ShipmentReport[];
  readonly entries: NewEntry[];
}

const nothing = (): Unwritten => ({ reports: [], entries: [] });

async function write(tx: Transaction<unknown>, { reports, entries }: Unwritten): Promise<void> {
  await reportShipments(tx, reports);
  await appendEntries(tx, entries);
}

/** The order, after it was cancelled if somebody has asked for that. */
async function calledOff(
  tx: Transaction<unknown>,
  orderId: string,
  deps: Parameters<typeof cancelConfirmed>[2],
): Promise<LockedOrder> {
  const locked = async () => {
    const order = await lockOrder(tx, orderId);
    if (order === undefined) throw new Error(`order ${orderId} was locked and is gone`);
    return order;
  };
  await cancelConfirmed(tx, await locked(), deps);
  return locked();
}
