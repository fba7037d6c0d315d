import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import type { Connection, ConnectionEvents, ConnectionState } from "./connection.js";
import { EndpointPool } from "./endpoint-pool.js";

/** A connection that does what the test says. */
class PlayedConnection implements Connection {
  state: ConnectionState = "connecting";
  streams = 0;
  maxStreams = 2;
  readonly #events: ConnectionEvents;

  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  transport(): never {
    throw new Error("not played");
  }

  becomeReady(): void {
    this.state = "ready";
    this.#events.onReady();
  }

  drain(): void {
    this.state = "draining";
    this.#events.onDraining();
  }

  end(error?: Error): void {
    const was = this.state;
    this.state = "closed";
    if (was === "ready") this.#events.onDraining();
    this.#events.onClosed(error);
  }

  destroy(reason: Error): void {
    this.end(reason);
  }
}

function setUp() {
  const clock = new ManualClock();
  const made: PlayedConnection[] = [];
  const pool = new EndpointPool({
    origin: "http://a:1",
    clock,
    random: () => 0.5,
    connect: (_origin, events) => {
      const connection = new PlayedConnection(events);
      made.push(connection);
      return connection;
    },
    onChange: () => {},
  });
  pool.start();
  const connection = (index: number) => made[index] as PlayedConnection;
  return { clock, made, pool, connection };
}

describe("the connections to an endpoint", () => {
  it("begin with one, which takes calls once the peer has answered", () => {
    const { pool, made, connection } = setUp();
    pool.start();
    expect(made).toHaveLength(1);
    expect([pool.status, pool.take()]).toEqual(["coming", undefined]);
    connection(0).becomeReady();
    expect([pool.status, pool.take()]).toEqual(["ready", connection(0)]);
  });

  it("grow when the peer's stream limit is reached, up to four, and then share", () => {
    const { pool, made, connection } = setUp();
    for (let i = 0; i < 4; i += 1) {
      connection(i).becomeReady();
      expect(pool.take()).toBe(connection(i));
      connection(i).streams = 2;
      if (i === 3) break;
      expect([pool.take(), pool.take(), pool.status]).toEqual([undefined, undefined, "coming"]);
      expect(made).toHaveLength(i + 2);
    }
    connection(2).streams = 1;
    expect(pool.take()).toBe(connection(2));
    connection(2).streams = 2;
    expect(pool.take()).toBeDefined();
    expect(made).toHaveLength(4);
  });

  it("are shared for a second where another one cannot be opened", async () => {
    const { pool, made, clock, connection } = setUp();
    connection(0).becomeReady();
    connection(0).streams = 2;
    pool.take();
    connection(1).end(new Error("no more of you"));
    expect([pool.take(), made.length, pool.status]).toEqual([connection(0), 2, "ready"]);
    await clock.advance(1_000);
    expect([pool.take(), made.length]).toEqual([undefined, 3]);
  });

  it("are tried again after 1 s, then 1.6 s, and so on", async () => {
    const { pool, made, clock, connection } = setUp();
    const error = new Error("refused");
    connection(0).end(error);
    expect([pool.status, pool.lastError]).toEqual(["down", error]);
    await clock.advance(999);
    expect(made).toHaveLength(1);
    await clock.advance(1);
    expect([made.length, pool.status]).toEqual([2, "coming"]);
    connection(1).end(error);
    await clock.advance(1_599);
    expect(made).toHaveLength(2);
    await clock.advance(1);
    expect(made).toHaveLength(3);
  });

  it("are tried ahead of time when a call hurries, but not within a second of the last attempt", async () => {
    const { pool, made, clock, connection } = setUp();
    connection(0).end(new Error("refused"));
    await clock.advance(1_000);
    connection(1).end(new Error("refused"));
    await clock.advance(999);
    pool.hurry();
    expect(made).toHaveLength(2);
    await clock.advance(1);
    pool.hurry();
    expect(made).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it("are replaced at once when a good one is lost, and calls on a draining one go on", async () => {
    const { pool, made, clock, connection } = setUp();
    connection(0).becomeReady();
    connection(0).streams = 1;
    await clock.advance(5_000);
    connection(0).drain();
    expect([made.length, pool.connections]).toEqual([2, 2]);
    connection(1).becomeReady();
    expect(pool.take()).toBe(connection(1));
    connection(0).end();
    expect(pool.connections).toBe(1);
  });

  it("do not hammer a peer that hangs up at once", async () => {
    const { pool, made, clock, connection } = setUp();
    connection(0).becomeReady();
    connection(0).end();
    expect(made).toHaveLength(2);
    connection(1).becomeReady();
    connection(1).end();
    expect([made.length, pool.status]).toEqual([2, "down"]);
    await clock.advance(1_000);
    expect(made).toHaveLength(3);
  });

  it("end with everything they started", async () => {
    const { pool, made, clock, connection } = setUp();
    connection(0).end(new Error("refused"));
    pool.destroy(new Error("closed"));
    expect(clock.pendingTimers).toBe(0);
    pool.start();
    pool.hurry();
    expect([pool.take(), pool.status, made.length]).toEqual([undefined, "down", 1]);
  });

  it("close after their calls when the endpoint has left the list", () => {
    const { pool, made, connection } = setUp();
    connection(0).becomeReady();
    pool.drain();
    expect([connection(0).state, made.length, pool.take()]).toEqual(["draining", 1, undefined]);
  });
});
