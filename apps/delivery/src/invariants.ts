import type { Invariant } from "@charter/postgres";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";

const { parent, name } = DeliveryService.method.createShipment;
/** Its answers are kept under this and the caller's name. */
const procedure = `/${parent.typeName}/${name}`;

/** Delivery's part of the shop's invariants. They hold at any moment at which no transaction is half done. */
export const invariants: readonly Invariant[] = [
  {
    id: "I4",
    title: "one idempotency key has at most one shipment, and one answer",
    sql: `
      SELECT caller, idempotency_key, count(*) AS shipments FROM shipment
      GROUP BY caller, idempotency_key HAVING count(*) > 1
      UNION ALL
      SELECT coalesce(shipment.caller, answer.scope), coalesce(shipment.idempotency_key, answer.key), NULL
      FROM shipment
      FULL JOIN (SELECT * FROM charter_answer WHERE scope LIKE '${procedure} %') AS answer
        ON answer.scope = '${procedure} ' || shipment.caller AND answer.key = shipment.idempotency_key
      WHERE shipment.shipment_id IS NULL`,
  },
  {
    id: "I4",
    title: "a reservation becomes at most one shipment, and every shipment with a slot confirmed one",
    sql: `
      SELECT shipment.shipment_id, shipment.slot_id, shipment.status FROM shipment
      LEFT JOIN slot_reservation AS reservation
        ON reservation.shipment_id = shipment.shipment_id AND reservation.state = 'confirmed'
        AND reservation.slot_id = shipment.slot_id
      WHERE shipment.service_level = 'SLOT'
        AND (shipment.status = 'CANCELLED') = (reservation.shipment_id IS NOT NULL)`,
  },
  {
    id: "I5",
    title: "a slot never gives more places than it has, and counts exactly those that are held or confirmed",
    sql: `
      SELECT slot.slot_id, slot.capacity, slot.taken, count(reservation.slot_id) AS reserved FROM slot
      LEFT JOIN slot_reservation AS reservation
        ON reservation.slot_id = slot.slot_id AND reservation.state IN ('held', 'confirmed')
      GROUP BY slot.slot_id
      HAVING slot.taken > slot.capacity OR slot.taken <> count(reservation.slot_id)`,
  },
  {
    id: "I6",
    title: "every revision of a shipment was stored once, without a gap, and is told once",
    sql: `
      SELECT shipment.shipment_id, shipment.revision, reports.stored, reports.newest, events.told FROM shipment
      LEFT JOIN (
        SELECT shipment_id, count(*) AS stored, max(revision) AS newest FROM shipment_report GROUP BY shipment_id
      ) AS reports USING (shipment_id)
      LEFT JOIN (
        SELECT aggregate_id::uuid AS shipment_id, count(*) AS told FROM charter_event
        WHERE stream = 'delivery.shipments' GROUP BY aggregate_id
      ) AS events USING (shipment_id)
      WHERE (reports.stored, reports.newest, events.told)
        IS DISTINCT FROM (shipment.revision::int8, shipment.revision, shipment.revision::int8)`,
  },
  {
    id: "I6",
    title: "the events of one shipment lie in the log in the order of its revisions",
    sql: `
      SELECT report.shipment_id, report.revision, report.position FROM (
        SELECT shipment_id, revision, position,
          lag(position) OVER (PARTITION BY shipment_id ORDER BY revision) AS before
        FROM shipment_report
      ) AS report
      LEFT JOIN charter_event AS event
        ON event.stream = 'delivery.shipments' AND event.position = report.position
        AND event.aggregate_id = report.shipment_id::text
      WHERE event.position IS NULL OR report.before >= report.position`,
  },
];
