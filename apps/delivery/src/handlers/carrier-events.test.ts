import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type SeededRandom, seededRandom } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  CarrierEventRefusalReason,
  type CarrierEventSchema,
} from "@shop/contract/shop/delivery/v1/carrier_event_pb.js";
import {
  IngestCarrierEventsRequestSchema,
  TrackShipmentRequestSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { maxReports } from "../domain/shipment-history.js";
import { hourMs, minuteMs } from "../domain/time-span.js";
import { createFixture, type Fixture, operator, startMs } from "../testing/fixture.js";
import { quoteId, ship } from "../testing/requests.js";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

type Event = MessageInitShape<typeof CarrierEventSchema>;
const event = (
  trackingNumber: string,
  state: ShipmentState,
  minute: number,
  id = `${state}@${minute}`,
): Event => ({
  carrierEventId: `${trackingNumber}:${id}`,
  trackingNumber,
  state,
  occurTime: timestampFromMs(startMs + minute * minuteMs),
  location: "Hub Coventry",
});
async function newParcel(): Promise<string> {
  return (await ship(fixture, { quoteId: await quoteId(fixture) })).trackingNumber;
}
function ingest(events: readonly Event[]) {
  async function* requests() {
    for (const one of events) yield create(IngestCarrierEventsRequestSchema, { event: one });
  }
  return fixture.api.ingestCarrierEvents(requests(), fixture.call(operator));
}
async function track(trackingNumber: string) {
  const { shipment } = await fixture.api.trackShipment(
    create(TrackShipmentRequestSchema, { trackingNumber }),
  );
  return shipment;
}
const { LABELLED, HANDED_OVER, IN_TRANSIT, OUT_FOR_DELIVERY, FAILED_ATTEMPT, DELIVERED, RETURNED, LOST } =
  ShipmentState;

describe("IngestCarrierEvents", () => {
  it("takes events late, twice and out of order", async () => {
    const parcel = await newParcel();
    const [late, early, end] = [
      event(parcel, IN_TRANSIT, 20),
      event(parcel, LABELLED, 10),
      event(parcel, DELIVERED, 30),
    ];
    expect(await ingest([end, late, early, late])).toMatchObject({
      accepted: 3n,
      duplicates: 1n,
      refused: 0n,
    });
    const shipment = await track(parcel);
    expect(shipment).toMatchObject({ state: DELIVERED, version: 4 });
    expect(shipment?.history?.slice(1).map(({ state }) => state)).toEqual([LABELLED, IN_TRANSIT, DELIVERED]);
  });

  it("says of each event that it refuses which and why", async () => {
    const [parcel, other] = [await newParcel(), await newParcel()];
    const first = event(parcel, LABELLED, 10, "same");
    const answer = await ingest([
      first,
      { ...first, state: LOST },
      { ...first, trackingNumber: other },
      event("CH00000000", LABELLED, 10),
      event(parcel, DELIVERED, 61),
      event(parcel, IN_TRANSIT, 60),
    ]);
    expect(answer).toMatchObject({ accepted: 2n, duplicates: 0n, refused: 4n });
    expect(answer.refusals?.map(({ index, reason }) => [index, reason])).toEqual([
      [1n, CarrierEventRefusalReason.CONFLICTING_DUPLICATE],
      [2n, CarrierEventRefusalReason.CONFLICTING_DUPLICATE],
      [3n, CarrierEventRefusalReason.UNKNOWN_TRACKING_NUMBER],
      [4n, CarrierEventRefusalReason.OCCURRED_IN_FUTURE],
    ]);
    expect((await track(other))?.version).toBe(1);
  });

  it("bounds what one shipment keeps", async () => {
    const parcel = await newParcel();
    const flood = Array.from({ length: maxReports }, (_, id) => event(parcel, IN_TRANSIT, 1, String(id)));
    const answer = await ingest(flood);
    expect(answer).toMatchObject({ accepted: BigInt(maxReports - 1), refused: 1n });
    expect(answer.refusals?.[0]?.reason).toBe(CarrierEventRefusalReason.TOO_MANY_EVENTS);
  });

  it("comes to one end, however many streams bring the same events in whatever order", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      for (let round = 0; round < 5; round += 1) {
        const [one, many] = [await newParcel(), await newParcel()];
        const events = randomEvents(random);
        await ingest(events.map((make) => make(one)));
        const streams = Array.from({ length: 4 }, () => random.shuffle(events).map((make) => make(many)));
        await Promise.all(streams.map(ingest));
        const [straight, mixed] = [await track(one), await track(many)];
        expect(mixed).toEqual(straight);
      }
      expect(await fixture.breaches()).toEqual([]);
    });
  });
});

function randomEvents(random: SeededRandom): readonly ((parcel: string) => Event)[] {
  const statuses = [
    LABELLED,
    HANDED_OVER,
    IN_TRANSIT,
    OUT_FOR_DELIVERY,
    FAILED_ATTEMPT,
    DELIVERED,
    RETURNED,
    LOST,
  ];
  return Array.from({ length: random.integer(1, 8) }, (_, index) => {
    const [state, minute] = [random.pick(statuses), random.integer(1, 5)];
    return (parcel: string) => event(parcel, state, minute, String(index));
  });
}

describe("TrackShipment", () => {
  it("tells nothing personal, and nothing of a number that does not exist", async () => {
    const parcel = await newParcel();
    const told = JSON.stringify(await track(parcel), (_key, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
    expect(told).not.toMatch(/Lovelace|James|SW1A|85123A/);
    await expect(track("CH00000000")).rejects.toEqual(
      expect.objectContaining({ reason: "SHIPMENT_NOT_FOUND" }),
    );
  });

  it("gives numbers that follow no pattern", async () => {
    const numbers = await Promise.all(Array.from({ length: 20 }, newParcel));
    expect(new Set(numbers).size).toBe(20);
    for (const number of numbers) expect(number).toMatch(/^CH[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});

describe("the clock of a carrier", () => {
  it("may be an hour ahead", async () => {
    const parcel = await newParcel();
    const ahead = event(parcel, IN_TRANSIT, hourMs / minuteMs);
    expect(await ingest([ahead])).toMatchObject({ accepted: 1n });
  });
});
