import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { frameTypes } from "../frames/constants.js";
import { FramePeer } from "../testing/frame-peer.js";
import { serve } from "../testing/serve.js";
import { until } from "../testing/turns.js";
import { Offenders } from "./offenders.js";

const WAIT_MS = 1_000;

describe("an address whose connections broke a rule", () => {
  it("waits with new ones, each at another time, until it is forgotten", () => {
    const offenders = new Offenders(WAIT_MS);
    expect(offenders.waitMs("a", 0)).toBe(0);
    offenders.note("a", 0);
    const waits = Array.from({ length: 20 }, () => offenders.waitMs("a", 5_000));
    expect(new Set(waits).size).toBe(20);
    expect(Math.min(...waits)).toBe(WAIT_MS);
    expect(Math.max(...waits)).toBeLessThan(2 * WAIT_MS);
    expect(offenders.waitMs("b", 5_000)).toBe(0);
    expect(offenders.waitMs("a", 10_000)).toBe(0);
  });

  it("is the oldest to be forgotten when there are too many", () => {
    const offenders = new Offenders(WAIT_MS);
    for (let count = 0; count <= 10_000; count += 1) offenders.note(`address ${count}`, 0);
    expect(offenders.waitMs("address 0", 0)).toBe(0);
    expect(offenders.waitMs("address 1", 0)).toBeGreaterThan(0);
  });

  it("is served again when its connection has waited, and not before", async () => {
    const clock = new ManualClock();
    const served = await serve({ clock });
    const offender = await FramePeer.greet(served.port);
    offender.send(Buffer.alloc(100, 0xff));
    await offender.nextOf(frameTypes.goaway);
    offender.destroy();
    await until(() => served.wire.connections === 0);
    const next = FramePeer.greet(served.port);
    await until(() => served.wire.connections === 1);
    await clock.advance(WAIT_MS - 1);
    expect(served.wire.queuedBytes).toBe(0);
    await clock.advance(2 * WAIT_MS);
    (await next).destroy();
    await until(() => served.wire.connections === 0);
    await served.stop();
  });

  it("loses a connection that waits when the server drains, or when it goes itself", async () => {
    const served = await serve({ clock: new ManualClock() });
    const offender = await FramePeer.greet(served.port);
    offender.send(Buffer.alloc(100, 0xff));
    await offender.closed;
    await until(() => served.wire.connections === 0);
    const gone = await FramePeer.connect(served.port);
    await until(() => served.wire.connections === 1);
    gone.socket.resetAndDestroy();
    const waiting = await FramePeer.connect(served.port);
    await until(() => served.wire.connections > 0);
    await served.stop();
    await waiting.closed;
  });
});
