import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { OrderChanges, TooManyWatchersError } from "./order-changes.js";

const POLL_MS = 100;
const never = () => new AbortController().signal;

function open(maxWaiting = 10) {
  const clock = new ManualClock();
  const versions = new Map<string, bigint>();
  const looks: (readonly string[])[] = [];
  const errors: unknown[] = [];
  let broken = false;
  const changes = new OrderChanges({
    clock,
    pollMs: POLL_MS,
    maxWaiting,
    onError: (error) => errors.push(error),
    readVersions: async (ids) => {
      looks.push(ids);
      if (broken) throw new Error("database is away");
      return new Map(ids.flatMap((id) => (versions.has(id) ? [[id, versions.get(id) ?? 0n]] : [])));
    },
  });
  return { clock, versions, looks, errors, changes, breakReads: (on: boolean) => (broken = on) };
}

/** Tells whether a wait has ended. */
function track(wait: Promise<boolean>) {
  const state = { ended: false };
  void wait.then(() => {
    state.ended = true;
  });
  return state;
}

describe("OrderChanges", () => {
  it("wakes a watcher when the version has moved, not before", async () => {
    const { clock, versions, changes } = open();
    versions.set("a", 1n);
    const wait = track(changes.after("a", 1n, never()));
    await clock.advance(3 * POLL_MS);
    expect(wait.ended).toBe(false);
    versions.set("a", 2n);
    await clock.advance(POLL_MS);
    expect(wait.ended).toBe(true);
  });

  it("asks once for all watchers of a look", async () => {
    const { clock, versions, looks, changes } = open();
    for (const id of ["a", "b"]) versions.set(id, 1n);
    const waits = ["a", "a", "b"].map((id) => changes.after(id, 1n, never()));
    await clock.advance(POLL_MS);
    expect(looks).toEqual([["a", "b"]]);
    changes.close();
    await Promise.all(waits);
  });

  it("runs no timer while nobody waits", async () => {
    const { clock, changes } = open();
    const stop = new AbortController();
    const wait = changes.after("a", 1n, stop.signal);
    stop.abort();
    expect(await wait).toBe(false);
    await clock.advance(2 * POLL_MS);
    expect(clock.pendingTimers).toBe(0);
  });

  it("outlives a failed look", async () => {
    const { clock, versions, errors, changes, breakReads } = open();
    breakReads(true);
    const wait = track(changes.after("a", 1n, never()));
    await clock.advance(POLL_MS);
    expect(errors).toHaveLength(1);
    breakReads(false);
    versions.set("a", 2n);
    await clock.advance(POLL_MS);
    expect(wait.ended).toBe(true);
  });

  it("refuses more watchers than it is meant to serve", async () => {
    const { changes } = open(1);
    const wait = changes.after("a", 1n, never());
    await expect(changes.after("b", 1n, never())).rejects.toThrow(TooManyWatchersError);
    changes.close();
    await wait;
  });
});
