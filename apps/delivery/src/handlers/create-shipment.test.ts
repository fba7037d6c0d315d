import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  CancelShipmentRequestSchema,
  GetShipmentRequestSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { sql } from "kysely";
import { defaultSlotTemplate } from "../domain/slot-template.js";
import { dayMs } from "../domain/time-span.js";
import { buy, createFixture, type Fixture, operator, shopper } from "../testing/fixture.js";
import { address, freePlaces, quoteId, reserve, ship, slotIds } from "../testing/requests.js";
import { holdMs } from "./reserve-slot.js";

const capacity = 2;
let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture({ template: { ...defaultSlotTemplate, capacity } });
});
afterAll(() => fixture.close());

const reason = (name: string) => expect.objectContaining({ reason: name, domain: "shop.delivery.v1" });
const get = (shipmentId: string, principal: Principal = buy) =>
  fixture.api.getShipment(create(GetShipmentRequestSchema, { shipmentId }), fixture.call(principal));
const cancel = (shipmentId: string) =>
  fixture.api.cancelShipment(create(CancelShipmentRequestSchema, { shipmentId }), fixture.call(buy));
async function count(table: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(
    fixture.db,
  );
  return rows[0]?.n ?? 0;
}

describe("CreateShipment", () => {
  it("refuses what the quote does not cover", async () => {
    const quote = await quoteId(fixture);
    const elsewhere = { ...address, postalCode: "M1 1AE" };
    await expect(ship(fixture, { quoteId: quote, address: elsewhere })).rejects.toEqual(
      reason("QUOTE_MISMATCH"),
    );
    const remote = { countryCode: "GB", postalCode: "HS1 2AA" };
    const noSlots = {
      quoteId: await quoteId(fixture, remote),
      address: { ...address, ...remote },
      serviceLevel: ServiceLevel.SLOT,
      reservationKey: "none",
    };
    await expect(ship(fixture, noSlots)).rejects.toEqual(reason("QUOTE_MISMATCH"));
    const [slotId = ""] = await slotIds(fixture);
    await reserve(fixture, { reservationKey: "for-london", slotId, quoteId: quote });
    const manchester = { countryCode: "GB", postalCode: "M1 1AE" };
    const farSlot = {
      quoteId: await quoteId(fixture, manchester),
      address: elsewhere,
      serviceLevel: ServiceLevel.SLOT,
      reservationKey: "for-london",
    };
    await expect(ship(fixture, farSlot)).rejects.toEqual(reason("QUOTE_MISMATCH"));
    await expect(ship(fixture, { quoteId: "forged" })).rejects.toEqual(reason("QUOTE_INVALID"));
  });

  it("takes a quote that has expired since", async () => {
    const quote = await quoteId(fixture);
    await fixture.clock.advance(dayMs);
    await expect(ship(fixture, { quoteId: quote })).resolves.toMatchObject({ slotMoved: false });
  });
});

describe("CreateShipment after its reservation expired", () => {
  const shipSlot = async (reservationKey: string, quote: string) =>
    ship(fixture, { quoteId: quote, serviceLevel: ServiceLevel.SLOT, reservationKey });

  it("keeps the slot while it is free, and moves to the next when it is full", async () => {
    const quote = await quoteId(fixture);
    const [, , slotId = ""] = await slotIds(fixture);
    await reserve(fixture, { reservationKey: "late:0", slotId, quoteId: quote });
    await reserve(fixture, { reservationKey: "late:1", slotId, quoteId: quote });
    await fixture.clock.advance(holdMs);
    // Somebody else who takes a place makes both expired holds give theirs back.
    await reserve(fixture, { reservationKey: "taker:0", slotId, quoteId: quote });
    await ship(fixture, { quoteId: quote, serviceLevel: ServiceLevel.SLOT, reservationKey: "taker:0" });
    const kept = await shipSlot("late:0", quote);
    expect(kept.slotMoved).toBe(false);
    expect(await freePlaces(fixture, slotId)).toBe(0);

    const [earliest] = await slotIds(fixture);
    const moved = await shipSlot("late:1", quote);
    expect(moved.slotMoved).toBe(true);
    const { shipment } = await get(moved.shipmentId);
    expect(shipment?.slotId).toBe(earliest);
    expect(shipment?.promise?.startTime).toEqual(moved.promise?.startTime);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("refuses a reservation that was used before", async () => {
    const quote = await quoteId(fixture);
    const slotId = (await slotIds(fixture)).at(-1) ?? "";
    await reserve(fixture, { reservationKey: "twice", slotId, quoteId: quote });
    await shipSlot("twice", quote);
    await expect(shipSlot("twice", quote)).rejects.toEqual(reason("RESERVATION_CONFIRMED"));
  });
});

describe("GetShipment", () => {
  it("answers the customer, staff and trusted services, and nobody else", async () => {
    const customerId = randomUUID();
    const { shipmentId } = await ship(fixture, { quoteId: await quoteId(fixture), customerId });
    for (const principal of [shopper(customerId), operator, buy]) {
      const { shipment } = await get(shipmentId, principal);
      expect(shipment).toMatchObject({ shipmentId, customerId, state: ShipmentState.CREATED, address });
      expect(shipment?.history).toHaveLength(1);
    }
    const foreign = [shopper(randomUUID()), { kind: "service", service: "discount" } as const];
    for (const principal of foreign) {
      await expect(get(shipmentId, principal)).rejects.toEqual(reason("SHIPMENT_NOT_FOUND"));
    }
    await expect(get(randomUUID())).rejects.toEqual(reason("SHIPMENT_NOT_FOUND"));
  });
});

describe("CancelShipment", () => {
  it("gives up what the carrier does not have, with its slot, once", async () => {
    const quote = await quoteId(fixture);
    const slotId = (await slotIds(fixture)).at(-2) ?? "";
    await reserve(fixture, { reservationKey: "cancel", slotId, quoteId: quote });
    const { shipmentId } = await ship(fixture, {
      quoteId: quote,
      serviceLevel: ServiceLevel.SLOT,
      reservationKey: "cancel",
    });
    expect(await freePlaces(fixture, slotId)).toBe(capacity - 1);
    const [first, second] = [await cancel(shipmentId), await cancel(shipmentId)];
    expect(first.shipment).toMatchObject({ state: ShipmentState.CANCELLED, version: 2 });
    expect(second).toEqual(first);
    expect(await freePlaces(fixture, slotId)).toBe(capacity);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("is refused once the carrier has the parcel", async () => {
    const { shipmentId } = await ship(fixture, { quoteId: await quoteId(fixture) });
    await fixture.clock.advance(2 * dayMs);
    await fixture.carrier.runDue();
    await expect(cancel(shipmentId)).rejects.toEqual(reason("SHIPMENT_NOT_CANCELLABLE"));
    await expect(cancel(randomUUID())).rejects.toEqual(reason("SHIPMENT_NOT_FOUND"));
    expect(await count("carrier_parcel")).toBeGreaterThan(0);
    expect(await fixture.breaches()).toEqual([]);
  });
});
