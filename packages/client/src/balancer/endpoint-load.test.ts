import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { EndpointLoad } from "./endpoint-load.js";

const DECAY_MS = 10_000;

function setUp() {
  const clock = new ManualClock();
  const load = new EndpointLoad(clock, DECAY_MS);
  const call = async (tookMs: number, answered = true) => {
    const end = load.beginCall();
    await clock.advance(tookMs);
    end(answered);
  };
  return { clock, load, call };
}

describe("EndpointLoad", () => {
  it("counts what is in flight once, calls and streams", () => {
    const { load } = setUp();
    const ends = [load.beginCall(), load.beginStream()];
    expect(load.inFlight).toBe(2);
    for (const end of [...ends, ...ends]) end(true);
    expect(load.inFlight).toBe(0);
  });

  it("follows a rise at once and a fall slowly", async () => {
    const { load, call } = setUp();
    await call(10);
    expect(load.latencyMs).toBe(10);
    await call(2_000);
    expect(load.latencyMs).toBe(2_000);
    await call(10);
    expect(load.latencyMs).toBeGreaterThan(1_900);
  });

  it("forgets with time, so that a slow endpoint is tried again", async () => {
    const { clock, load, call } = setUp();
    await call(2_000);
    await clock.advance(DECAY_MS / 2);
    expect(load.latencyMs).toBeCloseTo(2_000 / Math.sqrt(Math.E));
    await clock.advance(DECAY_MS / 2);
    expect(load.latencyMs).toBe(0);
  });

  it("forgets at once when told that another process answers", async () => {
    const { load, call } = setUp();
    await call(2_000);
    load.forget();
    expect(load.latencyMs).toBe(0);
  });

  it("takes an answer that is awaited for at least as slow as it has been so far", async () => {
    const { clock, load } = setUp();
    const end = load.beginCall();
    await clock.advance(700);
    load.beginCall();
    expect(load.latencyMs).toBe(700);
    end(true);
    await clock.advance(1);
    expect(load.latencyMs).toBeCloseTo(700, -1);
  });

  it("learns from a call that was given up that it would have taken longer, and never that it was fast", async () => {
    const { load, call } = setUp();
    await call(50);
    await call(1, false);
    expect(load.latencyMs).toBeGreaterThan(49);
    await call(500, false);
    expect(load.latencyMs).toBe(500);
  });

  it("learns nothing from the length of a stream", async () => {
    const { clock, load } = setUp();
    const end = load.beginStream();
    await clock.advance(60_000);
    end();
    expect(load.latencyMs).toBe(0);
  });
});
