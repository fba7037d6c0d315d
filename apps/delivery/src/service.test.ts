import { randomUUID } from "node:crypto";
import { keyedMethodContract } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { hourMs } from "./domain/time-span.js";
import { passing } from "./testing/passing.js";
import { address, london } from "./testing/requests.js";
import { type StartedService, startService } from "./testing/start-service.js";

let service: StartedService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const quoteBody = JSON.stringify({ destination: london, items: [{ quantity: 2, weightGrams: 450 }] });
const grpc = () => service.asBuy.client(DeliveryService);
async function quoteId(): Promise<string> {
  return (await grpc().quote(JSON.parse(quoteBody))).quoteId;
}
async function newShipment(customerId = randomUUID()) {
  return grpc().createShipment({
    idempotencyKey: randomUUID(),
    orderId: randomUUID(),
    customerId,
    quoteId: await quoteId(),
    serviceLevel: ServiceLevel.STANDARD,
    address,
    items: [{ sku: "85123A", quantity: 2 }],
  });
}
interface Refusal {
  code: string;
  details: { type: string; debug?: { reason?: string; domain?: string } }[];
}
const reasonsOf = ({ details }: Refusal) => details.flatMap(({ debug }) => debug?.reason ?? []);

describe("delivery over gRPC", () => {
  it("carries an order from quote to doorstep, watched to its end", async () => {
    const { slots } = await grpc().listSlots({ destination: london });
    const slotId = slots[0]?.slotId ?? "";
    const quote = await quoteId();
    const reservationKey = `${randomUUID()}:reserve-slot`;
    const reserved = await grpc().reserveSlot({ reservationKey, slotId, quoteId: quote });
    const { trackingNumber, promise } = await grpc().createShipment({
      idempotencyKey: `${randomUUID()}:create-shipment`,
      orderId: randomUUID(),
      quoteId: quote,
      serviceLevel: ServiceLevel.SLOT,
      reservationKey,
      address,
      items: [{ sku: "85123A", quantity: 2 }],
    });
    expect(promise).toEqual(reserved.window);
    const watched = collect(grpc().watchShipment({ trackingNumber }), ({ shipment }) => shipment?.state);
    const { CREATED, LABELLED, HANDED_OVER, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED } = ShipmentState;
    // The carrier's loop is the only one on its clock.
    const statuses = await passing(service.carrierClock, watched, { timers: 1, stepMs: hourMs });
    expect(statuses).toEqual([CREATED, LABELLED, HANDED_OVER, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED]);
  });

  it("lets another service follow from its cursor, and resume", async () => {
    const { shipmentId } = await newShipment();
    await grpc().cancelShipment({ shipmentId });
    const follow = async (afterPosition: bigint, revision: number) => {
      for await (const { position, change } of grpc().watchEvents({ afterPosition })) {
        if (change?.shipmentId === shipmentId && change.version === revision) return position;
      }
      throw new Error("the stream ended before the event came");
    };
    const created = await follow(0n, 1);
    expect(await follow(created, 2)).toBeGreaterThan(created);
  });

  it("refuses the event stream to shoppers and strangers", async () => {
    const authorization = await service.bearer(randomUUID());
    for (const headers of [{ authorization }, { authorization: "Bearer forged" }]) {
      const stream = collect(
        grpc().watchEvents({ afterPosition: 0n }, { headers }),
        ({ position }) => position,
      );
      await expect(stream).rejects.toThrow(/permission_denied|unauthenticated/);
    }
  });
});

describe("CreateShipment under a key", () => {
  const operator = randomUUID();
  keyedMethodContract({
    request: async () => ({
      idempotencyKey: randomUUID(),
      orderId: randomUUID(),
      quoteId: await quoteId(),
      serviceLevel: "SERVICE_LEVEL_STANDARD",
      address,
      items: [{ sku: "85123A", quantity: 2 }],
    }),
    otherwise: { items: [{ sku: "85123A", quantity: 7 }] },
    send: async (request) =>
      service.post("CreateShipment", JSON.stringify(request), {
        authorization: await service.bearer(operator, ["operator"]),
      }),
    effects: () => service.shipments(),
    domain: "shop.delivery.v1",
  });

  it("is kept apart from the same key of another caller", async () => {
    const request = {
      idempotencyKey: randomUUID(),
      orderId: randomUUID(),
      quoteId: await quoteId(),
      serviceLevel: ServiceLevel.STANDARD,
      address,
      items: [{ sku: "85123A", quantity: 2 }],
    };
    const authorization = await service.bearer(operator, ["operator"]);
    const [one, other] = await Promise.all([
      grpc().createShipment(request),
      grpc().createShipment(request, { headers: { authorization } }),
    ]);
    expect(one.shipmentId).not.toBe(other.shipmentId);
  });
});

describe("delivery over HTTP and JSON", () => {
  it("quotes for anybody", async () => {
    const response = await service.post("Quote", quoteBody);
    expect(response.status).toBe(200);
    const answer = (await response.json()) as {
      options: unknown[];
      billableWeightGrams: string;
      parcels: number;
    };
    expect(answer).toMatchObject({ billableWeightGrams: "900", parcels: 1 });
    expect(answer.options[0]).toMatchObject({
      serviceLevel: "SERVICE_LEVEL_STANDARD",
      price: { currencyCode: "GBP", minor: "295" },
    });
  });

  it("shows a shipment to its customer and to nobody else", async () => {
    const customerId = randomUUID();
    const { shipmentId } = await newShipment(customerId);
    const body = JSON.stringify({ shipmentId });
    const get = async (authorization: string) => service.post("GetShipment", body, { authorization });
    expect((await get(await service.bearer(customerId))).status).toBe(200);
    const foreign = await get(await service.bearer(randomUUID()));
    expect(foreign.status).toBe(404);
    expect(reasonsOf((await foreign.json()) as Refusal)).toEqual(["SHIPMENT_NOT_FOUND"]);
    expect((await service.post("GetShipment", body)).status).toBe(401);
  });

  it.each([
    ["malformed JSON", "Quote", "{", 400, "invalid_argument"],
    ["an unknown field", "Quote", '{"nonsense": 1}', 400, "invalid_argument"],
    ["a missing field", "Quote", "{}", 400, "invalid_argument"],
    [
      "a negative quantity",
      "Quote",
      quoteBody.replace('"quantity":2', '"quantity":-2'),
      400,
      "invalid_argument",
    ],
    ["a postal code of nowhere", "Quote", quoteBody.replace("SW1A 1AA", "75001"), 400, "invalid_argument"],
    ["a country that nobody serves", "Quote", quoteBody.replace('"GB"', '"AQ"'), 400, "failed_precondition"],
    ["an item that fits no parcel", "Quote", quoteBody.replace("450", "30001"), 400, "invalid_argument"],
    ["a body above the cap", "Quote", `{"x":"${"x".repeat(300_000)}"}`, 429, "resource_exhausted"],
    ["a number that is not tracked", "TrackShipment", '{"trackingNumber":"CH00000000"}', 404, "not_found"],
    ["a call that needs a service", "CreateShipment", "{}", 401, "unauthenticated"],
    ["a method that is not built", "GetLabel", "{}", 401, "unauthenticated"],
  ])("refuses %s", async (_, method, body, status, code) => {
    const response = await service.post(method, body);
    const refusal = (await response.json()) as Refusal;
    expect([response.status, refusal.code]).toEqual([status, code]);
    expect(JSON.stringify(refusal)).not.toMatch(/at .*\.ts|node_modules|SELECT/);
  });

  it("refuses text that the database cannot hold", async () => {
    const authorization = await service.bearer(randomUUID(), ["operator"]);
    const request = {
      idempotencyKey: randomUUID(),
      orderId: randomUUID(),
      quoteId: await quoteId(),
      serviceLevel: "SERVICE_LEVEL_STANDARD",
      address,
      items: [{ sku: "85123A", quantity: 2 }],
    };
    const post = async (body: unknown) =>
      service.post("CreateShipment", JSON.stringify(body), { authorization });
    expect((await post({ ...request, idempotencyKey: "a\u0000b" })).status).toBe(400);
    expect((await post({ ...request, address: { ...address, city: "Lon\u0000don" } })).status).toBe(400);
    expect((await post({ ...request, address: { ...address, lines: ["a\u0000"] } })).status).toBe(400);
    expect((await post(request)).status).toBe(200);
  });

  it("keeps its answers where the invariants look for their shipments", async () => {
    await newShipment();
    expect(await service.breachesAfter("SELECT")).toBe(0);
    expect(
      await service.breachesAfter("UPDATE shipment SET idempotency_key = 'of another ' || shipment_id"),
    ).toBeGreaterThan(0);
  });

  it("keeps what is personal out of its log", async () => {
    await newShipment();
    const logged = service.lines.join("");
    expect(logged).toContain("CreateShipment");
    expect(logged).not.toMatch(/Lovelace|James|SW1A/);
  });

  it("is ready, and says what it does not build", async () => {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const [serving] = service.lines.map((line) => JSON.parse(line));
    expect(serving.unimplemented).toEqual(
      ["ValidateAddress", "ListShipments", "GetLabel", "CreateReturn"].map(
        (method) => `/shop.delivery.v1.DeliveryService/${method}`,
      ),
    );
  });
});

async function collect<T, U>(stream: AsyncIterable<T>, pick: (message: T) => U): Promise<U[]> {
  const picked: U[] = [];
  for await (const message of stream) picked.push(pick(message));
  return picked;
}
