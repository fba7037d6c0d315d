import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  CancelShipmentRequestSchema,
  IngestCarrierEventsRequestSchema,
  TrackShipmentRequestSchema,
  TrackShipmentResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { sql } from "kysely";
import { dayMs, hourMs } from "../domain/time-span.js";
import { buy, createFixture, type Fixture, operator, startMs } from "../testing/fixture.js";
import { quoteId, ship } from "../testing/requests.js";
import { CarrierLoop } from "./carrier-loop.js";
import { EmbeddedCarrier } from "./embedded-carrier.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const newShipment = async () => ship(fixture, { quoteId: await quoteId(fixture) });
async function track(trackingNumber: string) {
  const request = create(TrackShipmentRequestSchema, { trackingNumber });
  const { shipment } = create(TrackShipmentResponseSchema, await fixture.api.trackShipment(request));
  if (!shipment) throw new Error("no shipment");
  return shipment;
}
async function underWay(): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM carrier_parcel`.execute(
    fixture.db,
  );
  return rows[0]?.n ?? -1;
}
const carrier = (speed = 1) => {
  const { db, clock, log } = fixture;
  return new EmbeddedCarrier({ db, clock, log, speed });
};

describe("the embedded carrier", () => {
  it("moves a parcel in its own time, and delivers it within the promise", async () => {
    const { trackingNumber, promise } = await newShipment();
    expect(await fixture.carrier.runDue()).toBe(0);
    await fixture.clock.advance(hourMs);
    expect(await fixture.carrier.runDue()).toBe(1);
    expect((await track(trackingNumber)).state).toBe(ShipmentState.LABELLED);
    await fixture.clock.advance(3 * dayMs);
    expect(await fixture.carrier.runDue()).toBe(4);
    const { state, history = [] } = await track(trackingNumber);
    expect(state).toBe(ShipmentState.DELIVERED);
    const deliveredAt = history.at(-1)?.occurTime;
    const deliveredMs = deliveredAt ? timestampMs(deliveredAt) : 0;
    expect(deliveredMs).toBeGreaterThan(promise?.startTime ? timestampMs(promise.startTime) : 0);
    expect(deliveredMs).toBeLessThan(promise?.endTime ? timestampMs(promise.endTime) : 0);
    expect(await underWay()).toBe(0);
  });

  it("takes up after a restart where it stopped, and makes up for the time", async () => {
    const { trackingNumber } = await newShipment();
    await fixture.clock.advance(hourMs);
    await fixture.carrier.runDue();
    await fixture.clock.advance(9 * dayMs);
    expect(await carrier().runDue()).toBe(4);
    const { history = [], version } = await track(trackingNumber);
    expect(version).toBe(6);
    const times = history.map(({ occurTime }) => (occurTime ? timestampMs(occurTime) : 0));
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(startMs + 3 * dayMs);
  });

  it("takes each step once, however many processes share the work", async () => {
    const shipments = await Promise.all(Array.from({ length: 20 }, newShipment));
    await fixture.clock.advance(9 * dayMs);
    const processes = Array.from({ length: 4 }, () => carrier());
    const steps = await Promise.all(processes.map((process) => process.runDue()));
    // Who finds every due parcel in other hands stops early; one last round takes what that left.
    const rest = await carrier().runDue();
    expect(steps.reduce((sum, taken) => sum + taken, rest)).toBe(20 * 5);
    for (const { trackingNumber } of shipments) {
      expect(await track(trackingNumber)).toMatchObject({ state: ShipmentState.DELIVERED, version: 6 });
    }
    expect(await fixture.breaches()).toEqual([]);
  });

  it("puts down what was cancelled, whoever is first", async () => {
    const shipments = await Promise.all(Array.from({ length: 20 }, newShipment));
    await fixture.clock.advance(9 * dayMs);
    const cancel = (shipmentId: string) =>
      fixture.api.cancelShipment(create(CancelShipmentRequestSchema, { shipmentId }), fixture.call(buy));
    const [cancelled] = await Promise.all([
      Promise.allSettled(shipments.map(({ shipmentId }) => cancel(shipmentId))),
      fixture.carrier.runDue(),
    ]);
    await fixture.carrier.runDue();
    const statuses = await Promise.all(shipments.map(async (one) => (await track(one.trackingNumber)).state));
    const expected = cancelled.map(({ status }) =>
      status === "fulfilled" ? ShipmentState.CANCELLED : ShipmentState.DELIVERED,
    );
    expect(statuses).toEqual(expected);
    expect(await underWay()).toBe(0);
    expect(await fixture.breaches()).toEqual([]);
  });

  it("puts down what somebody else reported lost", async () => {
    const { trackingNumber } = await newShipment();
    async function* lost() {
      const event = {
        carrierEventId: "x",
        trackingNumber,
        state: ShipmentState.LOST,
        occurTime: timestampFromMs(startMs),
      };
      yield create(IngestCarrierEventsRequestSchema, { event });
    }
    await fixture.api.ingestCarrierEvents(lost(), fixture.call(operator));
    await fixture.clock.advance(9 * dayMs);
    await fixture.carrier.runDue();
    expect(await track(trackingNumber)).toMatchObject({ state: ShipmentState.LOST, version: 2 });
    expect(await underWay()).toBe(0);
  });
});

describe("the carrier's loop", () => {
  it("runs when something is due, looks again within its poll, and stops when told", async () => {
    const runs: number[] = [];
    const waits = [120, undefined, 9_000, 0, 0];
    const idle = {
      runDue: async () => runs.push(fixture.clock.monotonicMs()),
      untilNextMs: async () => waits[runs.length - 1],
    };
    const loop = new CarrierLoop({ carrier: idle, clock: fixture.clock, log: fixture.log, pollMs: 500 });
    loop.start();
    await fixture.clock.advance(1_135);
    await loop.stop();
    expect(runs).toEqual([0, 120, 620, 1_120, 1_130]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it("looks at once when it is woken", async () => {
    const runs: number[] = [];
    const idle = {
      runDue: async () => runs.push(fixture.clock.monotonicMs()),
      untilNextMs: async () => undefined,
    };
    const loop = new CarrierLoop({ carrier: idle, clock: fixture.clock, log: fixture.log, pollMs: 500 });
    loop.start();
    await fixture.clock.advance(100);
    loop.wake();
    await fixture.clock.advance(100);
    await loop.stop();
    loop.wake();
    await fixture.clock.advance(1_000);
    expect(runs).toEqual([0, 100]);
  });

  it("survives a failure and tries again", async () => {
    const runs: number[] = [];
    const failing = {
      runDue: async () => {
        runs.push(fixture.clock.monotonicMs());
        throw new Error("the database is away");
      },
      untilNextMs: async () => undefined,
    };
    const loop = new CarrierLoop({ carrier: failing, clock: fixture.clock, log: fixture.log });
    loop.start();
    await fixture.clock.advance(2_500);
    await loop.stop();
    expect(runs).toEqual([0, 1_000, 2_000]);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
