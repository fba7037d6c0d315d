import { createLogger } from "@charter/telemetry";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createFixture, type Fixture } from "../testing/fixture.js";
import { passing } from "../testing/passing.js";
import { quoteId, ship } from "../testing/requests.js";
import { EventTail } from "./event-tail.js";
import { shipmentStream } from "./shipment-change.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
});
afterEach(() => fixture.close());

const minute = 60_000;
const idle = new AbortController().signal;
const newShipment = async () => ship(fixture, { quoteId: await quoteId(fixture) });

describe("the tail of the event log", () => {
  it("wakes for what another process wrote, at its next look", async () => {
    const { db, clock, log } = fixture;
    const other = new EventTail({ db, stream: shipmentStream, clock, log });
    const watcher = await other.watch(undefined);
    await newShipment();
    const before = clock.nowMs();
    expect(await passing(clock, watcher.wait(minute, idle), { timers: 2 })).toBe("changed");
    expect(clock.nowMs() - before).toBeLessThan(1_000);
    await other.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it("wakes only those whom the news is for", async () => {
    const { clock, tail } = fixture;
    const first = await newShipment();
    const [mine, all] = [await tail.watch(first.shipmentId), await tail.watch(undefined)];
    const waiting = mine.wait(1_000, idle);
    await newShipment();
    expect(await passing(clock, all.wait(minute, idle), { timers: 3 })).toBe("changed");
    expect(await passing(clock, waiting, { timers: 2 })).toBe("timeout");
    mine.close();
    all.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it("keeps the news for a watcher that is busy", async () => {
    const { clock, tail } = fixture;
    const [busy, awake] = [await tail.watch(undefined), await tail.watch(undefined)];
    await newShipment();
    await passing(clock, awake.wait(minute, idle), { timers: 2 });
    expect(await busy.wait(minute, idle)).toBe("changed");
    busy.close();
    awake.close();
  });

  it("survives a database that is away for a while", async () => {
    const { db, clock } = fixture;
    let failures = 0;
    const lines: string[] = [];
    const log = createLogger({
      service: "delivery",
      destination: { write: (line) => void lines.push(line) },
    });
    const shaky = Object.create(db, {
      getExecutor: {
        value: () => {
          if (failures > 0) {
            failures -= 1;
            throw new Error("the database is away");
          }
          return db.getExecutor();
        },
      },
    });
    const shakyTail = new EventTail({ db: shaky, stream: shipmentStream, clock, log });
    const watcher = await shakyTail.watch(undefined);
    await newShipment();
    failures = 2;
    expect(await passing(clock, watcher.wait(minute, idle), { timers: 2 })).toBe("changed");
    expect(lines).toHaveLength(2);
    await shakyTail.close();
  });

  it("ends all watching at once when it is closed", async () => {
    const watcher = await fixture.tail.watch(undefined);
    const waiting = watcher.wait(minute, idle);
    await fixture.tail.close();
    expect(await waiting).toBe("ended");
    expect(await (await fixture.tail.watch(undefined)).wait(minute, idle)).toBe("ended");
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
