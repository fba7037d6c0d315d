import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  CreateShipmentRequestSchema,
  type CreateShipmentResponse,
  CreateShipmentResponseSchema,
  ListSlotsRequestSchema,
  QuoteRequestSchema,
  ReserveSlotRequestSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { buy, type Fixture } from "./fixture.js";

export const london = { countryCode: "GB", postalCode: "SW1A 1AA" };
export const address = {
  recipient: "Ada Lovelace",
  lines: ["12 St James's Square"],
  city: "London",
  region: "",
  ...london,
};

/** A quote for one kilogram to London. */
export async function quoteId({ api }: Fixture, destination = london): Promise<string> {
  const request = create(QuoteRequestSchema, { destination, items: [{ quantity: 1, weightGrams: 1_000 }] });
  return (await api.quote(request)).quoteId ?? "";
}

/** The names of the slots that can be booked, the earliest first. */
export async function slotIds({ api }: Fixture): Promise<readonly string[]> {
  const { slots = [] } = await api.listSlots(create(ListSlotsRequestSchema, { destination: london }));
  return slots.map(({ slotId = "" }) => slotId);
}

/** How many places of a slot are free. */
export async function freePlaces({ api }: Fixture, wanted: string): Promise<number | undefined> {
  const { slots = [] } = await api.listSlots(
    create(ListSlotsRequestSchema, { destination: london, days: 14 }),
  );
  return slots.find(({ slotId }) => slotId === wanted)?.free;
}

/** Reserves a slot as buy does. */
export function reserve(
  fixture: Fixture,
  request: { reservationKey: string; slotId: string; quoteId: string },
) {
  return fixture.api.reserveSlot(create(ReserveSlotRequestSchema, request), fixture.call(buy));
}

/** What a test says of the shipment it wants. */
export interface ShipmentWish {
  quoteId: string;
  customerId?: string;
  serviceLevel?: ServiceLevel;
  reservationKey?: string;
  address?: typeof address;
}

/** A shipment by standard service, unless told otherwise. */
export function shipmentRequest(wish: ShipmentWish) {
  return create(CreateShipmentRequestSchema, {
    idempotencyKey: randomUUID(),
    orderId: randomUUID(),
    serviceLevel: ServiceLevel.STANDARD,
    address,
    items: [{ sku: "85123A", quantity: 6 }],
    ...wish,
  });
}

/** Creates a shipment as buy does. */
export async function ship(fixture: Fixture, wish: ShipmentWish): Promise<CreateShipmentResponse> {
  const answer = await fixture.api.createShipment(shipmentRequest(wish), fixture.call(buy));
  return create(CreateShipmentResponseSchema, answer);
}
