import { ManualClock } from "@charter/testing";
import { type Clock, systemClock } from "@charter/time";
import { describe, expect, it } from "@jest/globals";
import { Keepalive } from "./keepalive.js";

function setUp() {
  const clock = new ManualClock();
  return { clock, ...watched(clock) };
}

function watched(clock: Clock) {
  const peer = { busy: true, bytes: 0, pings: 0, dead: false, acknowledge: () => {} };
  const keepalive = new Keepalive(
    clock,
    { pingAfterMs: 1_000, pingTimeoutMs: 2_000 },
    {
      busy: () => peer.busy,
      bytesRead: () => peer.bytes,
      ping: (acknowledged) => {
        peer.pings += 1;
        peer.acknowledge = acknowledged;
      },
      onDead: () => {
        peer.dead = true;
      },
    },
  );
  return { peer, keepalive };
}

describe("Keepalive", () => {
  it("reports a peer dead that is silent and answers no ping", async () => {
    const { clock, peer, keepalive } = setUp();
    keepalive.wake();
    await clock.advance(999);
    expect(peer.pings).toBe(0);
    await clock.advance(2_000);
    expect(peer).toMatchObject({ pings: 1, dead: false });
    await clock.advance(1);
    expect(peer.dead).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not ping while bytes arrive", async () => {
    const { clock, peer, keepalive } = setUp();
    keepalive.wake();
    for (let i = 0; i < 10; i += 1) {
      peer.bytes += 1;
      await clock.advance(1_000);
    }
    expect(peer.pings).toBe(0);
  });

  it("goes on after an answer, and stops when no call waits", async () => {
    const { clock, peer, keepalive } = setUp();
    keepalive.wake();
    await clock.advance(1_000);
    peer.acknowledge();
    await clock.advance(1_000);
    expect(peer.pings).toBe(2);
    peer.acknowledge();
    peer.busy = false;
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
    expect(peer).toMatchObject({ pings: 2, dead: false });
  });

  it("reads what arrived while its own process was held up before it judges", async () => {
    const due: (() => void)[] = [];
    const setTimer = (callback: () => void) => {
      due.push(callback);
      return { clear() {} };
    };
    const { peer, keepalive } = watched({ ...systemClock, setTimer });
    keepalive.wake();
    due.shift()?.();
    expect(peer.pings).toBe(1);
    due.shift()?.();
    peer.bytes += 9;
    await new Promise((resolve) => setImmediate(resolve));
    expect(peer.dead).toBe(false);
    expect(due).toHaveLength(1);
  });

  it("takes any bytes for life, and leaves nothing behind when stopped", async () => {
    const { clock, peer, keepalive } = setUp();
    keepalive.wake();
    await clock.advance(1_000);
    peer.bytes += 9;
    await clock.advance(2_000);
    expect(peer.dead).toBe(false);
    keepalive.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
