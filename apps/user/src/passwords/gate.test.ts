import { describe, expect, it } from "@jest/globals";
import { createGate, GateFullError } from "./gate.js";

/** A job that ends when told to, and tells whether it has begun. */
function job() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const state = {
    begun: false,
    end: resolve,
    run: () => {
      state.begun = true;
      return promise;
    },
  };
  return state;
}

describe("the gate", () => {
  it("runs no more jobs at once than it has places, in the order in which they came", async () => {
    const gate = createGate({ maxRunning: 2, maxWaiting: 10 });
    const jobs = [job(), job(), job(), job()];
    const ends = jobs.map(({ run }) => gate.run(run));
    await Promise.resolve();
    expect(jobs.map(({ begun }) => begun)).toEqual([true, true, false, false]);
    jobs[1]?.end();
    await ends[1];
    await Promise.resolve();
    expect(jobs.map(({ begun }) => begun)).toEqual([true, true, true, false]);
    for (const { end } of jobs) end();
    await Promise.all(ends);
    expect(jobs.every(({ begun }) => begun)).toBe(true);
  });

  it("refuses at once when the queue is full", async () => {
    const gate = createGate({ maxRunning: 1, maxWaiting: 1 });
    const first = job();
    const running = gate.run(first.run);
    const waiting = gate.run(() => Promise.resolve("second"));
    await expect(gate.run(() => Promise.resolve("third"))).rejects.toThrow(GateFullError);
    first.end();
    await running;
    await expect(waiting).resolves.toBe("second");
  });

  it("gives the place of a job that failed to the next one", async () => {
    const gate = createGate({ maxRunning: 1, maxWaiting: 1 });
    await expect(gate.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await expect(gate.run(() => Promise.resolve("next"))).resolves.toBe("next");
  });

  it("lets go who gives up waiting, and keeps no place for it", async () => {
    const gate = createGate({ maxRunning: 1, maxWaiting: 1 });
    const first = job();
    const running = gate.run(first.run);
    const controller = new AbortController();
    const abandoned = gate.run(() => Promise.resolve("never"), controller.signal);
    controller.abort(new Error("gone"));
    await expect(abandoned).rejects.toThrow("gone");
    const waiting = gate.run(() => Promise.resolve("second"));
    first.end();
    await running;
    await expect(waiting).resolves.toBe("second");
    await expect(gate.run(() => Promise.resolve("x"), controller.signal)).rejects.toThrow("gone");
  });
});
