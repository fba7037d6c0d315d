import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  CancelShipmentRequestSchema,
  WatchEventsRequestSchema,
  WatchShipmentRequestSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { minuteMs } from "../domain/time-span.js";
import { buy, createFixture, type Fixture } from "../testing/fixture.js";
import { passing } from "../testing/passing.js";
import { quoteId, ship } from "../testing/requests.js";
import { heartbeatMs } from "./heartbeat.js";

let fixture: Fixture;
beforeEach(async () => {
  // A journey of two days takes two seconds, so that it fits into the age of a stream.
  fixture = await createFixture({ speed: 100_000 });
});
afterEach(() => fixture.close());

const { CREATED, LABELLED, HANDED_OVER, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED, CANCELLED } = ShipmentState;
const newShipment = async () => ship(fixture, { quoteId: await quoteId(fixture) });
const cancel = (shipmentId: string) =>
  fixture.api.cancelShipment(create(CancelShipmentRequestSchema, { shipmentId }), fixture.call(buy));
function watchShipment(trackingNumber: string, controller = new AbortController()) {
  const request = create(WatchShipmentRequestSchema, { trackingNumber });
  return fixture.api.watchShipment(request, fixture.call(buy, controller))[Symbol.asyncIterator]();
}
function watchEvents(afterPosition: bigint, controller = new AbortController()) {
  const request = create(WatchEventsRequestSchema, { afterPosition });
  return fixture.api.watchEvents(request, fixture.call(buy, controller))[Symbol.asyncIterator]();
}
/** The next message, however long it takes. Everybody waits when the watcher and the reader of the log do. */
async function next<T>(stream: AsyncIterator<T>, stepMs = 100): Promise<T | undefined> {
  return (await passing(fixture.clock, stream.next(), { timers: 2, stepMs })).value;
}

describe("WatchShipment", () => {
  it("tells how it stands, each change, and ends with the journey", async () => {
    const { trackingNumber } = await newShipment();
    const stream = watchShipment(trackingNumber);
    const statuses = [(await stream.next()).value?.shipment?.state];
    for (let step = 0; step < 5; step += 1) {
      await fixture.clock.advance((await fixture.carrier.untilNextMs()) ?? 0);
      await fixture.carrier.runDue();
      statuses.push((await next(stream))?.shipment?.state);
    }
    expect(statuses).toEqual([CREATED, LABELLED, HANDED_OVER, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED]);
    expect((await stream.next()).done).toBe(true);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it("tells every change one by one, also to a reader who comes late", async () => {
    const { trackingNumber } = await newShipment();
    const stream = watchShipment(trackingNumber);
    await stream.next();
    await fixture.clock.advance(minuteMs);
    await fixture.carrier.runDue();
    const revisions = [];
    for (let step = 0; step < 5; step += 1) revisions.push((await next(stream))?.shipment?.version);
    expect(revisions).toEqual([2, 3, 4, 5, 6]);
    expect((await stream.next()).done).toBe(true);
  });

  it("answers the end at once when it has come before", async () => {
    const { trackingNumber, shipmentId } = await newShipment();
    await cancel(shipmentId);
    const stream = watchShipment(trackingNumber);
    expect((await stream.next()).value?.shipment?.state).toBe(CANCELLED);
    expect((await stream.next()).done).toBe(true);
  });

  it("repeats itself where nothing happens, and ends in good order after a quarter of an hour", async () => {
    const { trackingNumber } = await newShipment();
    const stream = watchShipment(trackingNumber);
    const first = (await stream.next()).value;
    const second = await next(stream, heartbeatMs / 10);
    expect(second).toEqual({ ...first, heartbeat: true });
    await fixture.clock.advance(15 * minuteMs);
    expect((await stream.next()).done).toBe(true);
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it("stops with its call, leaving nothing behind", async () => {
    const { trackingNumber } = await newShipment();
    const controller = new AbortController();
    const stream = watchShipment(trackingNumber, controller);
    await stream.next();
    const waiting = stream.next();
    await fixture.clock.timersPending(2);
    controller.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it("refuses a number that does not exist", async () => {
    const refused = expect.objectContaining({ reason: "SHIPMENT_NOT_FOUND" });
    await expect(watchShipment("CH00000000").next()).rejects.toEqual(refused);
  });
});

describe("WatchEvents", () => {
  it("gives every change in order, then follows", async () => {
    const [one, two] = [await newShipment(), await newShipment()];
    await cancel(one.shipmentId);
    const stream = watchEvents(0n);
    const told = [];
    for (let index = 0; index < 3; index += 1) told.push((await stream.next()).value);
    expect(told.map(({ position, change }) => [position, change?.shipmentId, change?.version])).toEqual([
      [1n, one.shipmentId, 1],
      [2n, two.shipmentId, 1],
      [3n, one.shipmentId, 2],
    ]);
    expect(told[2]?.change).toMatchObject({ previousState: CREATED, state: CANCELLED });
    const waiting = next(stream);
    await cancel(two.shipmentId);
    expect((await waiting)?.change?.shipmentId).toBe(two.shipmentId);
    await stream.return?.();
    expect(fixture.clock.pendingTimers).toBe(0);
  });

  it("resumes after the position that it is given", async () => {
    const { shipmentId } = await newShipment();
    await cancel(shipmentId);
    const stream = watchEvents(1n);
    expect((await stream.next()).value).toMatchObject({ position: 2n, change: { version: 2 } });
    await stream.return?.();
  });

  it("shows that it lives where nothing happens", async () => {
    await newShipment();
    const stream = watchEvents(1n);
    expect(await next(stream, heartbeatMs / 10)).toEqual({ position: 1n });
    await stream.return?.();
  });

  it("refuses a cursor of another history", async () => {
    await newShipment();
    const refused = expect.objectContaining({ reason: "POSITION_UNKNOWN" });
    await expect(watchEvents(2n).next()).rejects.toEqual(refused);
  });

  it("reads no further than it is asked to, and ends when the service does", async () => {
    for (let index = 0; index < 3; index += 1) await newShipment();
    const stream = watchEvents(0n);
    await stream.next();
    await fixture.tail.close();
    expect((await stream.next()).value?.position).toBe(2n);
    expect((await stream.next()).value?.position).toBe(3n);
    expect((await stream.next()).done).toBe(true);
  });
});
