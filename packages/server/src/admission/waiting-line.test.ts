import type { Criticality } from "@charter/policy";
import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { type Shed, WaitingLine } from "./waiting-line.js";

const CAPACITY = 3;

function newLine(capacity = CAPACITY) {
  const clock = new ManualClock();
  const line = new WaitingLine(clock);
  const ended: string[] = [];
  const enter = (name: string, criticality: Criticality = "default") => {
    const settle = (shed: Shed | undefined) => void ended.push(`${name} ${shed ?? "in"}`);
    const outcome = line.enter({ criticality, maxWaitMs: 100, settle }, capacity);
    if (typeof outcome !== "string") return outcome;
    settle(outcome);
    return undefined;
  };
  /** Lets the line stand for `ms`: somebody waits all the time, and one is let in every 10 ms. */
  const stand = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 10) {
      enter("filler", "critical");
      await clock.advance(10);
      if (line.size > 1) line.admitNext();
    }
    ended.length = 0;
  };
  return { clock, line, ended, enter, stand };
}

describe("a line", () => {
  it("lets in who came first", async () => {
    const { clock, line, ended, enter } = newLine();
    enter("a");
    enter("b");
    await clock.advance(1);
    expect([line.admitNext(), line.admitNext(), line.admitNext()]).toEqual([true, true, false]);
    await clock.advance(1);
    expect(ended).toEqual(["a in", "b in"]);
    await clock.advance(100);
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets in the more critical first", async () => {
    const { clock, line, ended, enter } = newLine();
    enter("page", "sheddable");
    enter("quote");
    enter("order", "critical");
    await clock.advance(1);
    while (line.admitNext());
    await clock.advance(1);
    expect(ended).toEqual(["order in", "quote in", "page in"]);
  });

  it("refuses who has waited for as long as it may", async () => {
    const { clock, line, ended, enter } = newLine();
    enter("a");
    await clock.advance(99);
    expect(line.size).toBe(1);
    await clock.advance(1);
    expect(ended).toEqual(["a queue_time"]);
    expect(line.size).toBe(0);
  });

  it("refuses whom it has no room for", async () => {
    const { clock, ended, enter } = newLine();
    for (const name of ["a", "b", "c", "d"]) enter(name);
    await clock.advance(1);
    expect(ended).toEqual(["d queue_full"]);
  });

  it("makes room for a more critical one, by the last of the least critical", async () => {
    const { clock, ended, enter } = newLine();
    enter("first page", "sheddable");
    enter("second page", "sheddable");
    enter("quote");
    enter("order", "critical");
    await clock.advance(1);
    expect(ended).toEqual(["second page queue_full"]);
  });

  it("forgets whose caller is gone", async () => {
    const { clock, line, ended, enter } = newLine();
    const places = ["a", "b", "c"].map((name) => enter(name));
    if (places[1]) line.leave(places[1]);
    expect(line.size).toBe(2);
    while (line.admitNext());
    await clock.advance(100);
    expect(ended).toEqual(["a in", "c in"]);
    expect([line.size, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("refuses at once who would wait in vain at its pace", async () => {
    const { clock, line, ended, enter } = newLine(100);
    for (let index = 0; index < 60; index += 1) enter("waiting");
    // Settles the mean at 10 ms, so that the 50 or so that are left in line have work for half a second before them.
    for (let index = 0; index < 8; index += 1) {
      await clock.advance(10);
      line.admitNext();
    }
    await clock.advance(1);
    ended.length = 0;
    enter("late");
    enter("order", "critical");
    await clock.advance(1);
    expect(ended).toEqual(["late queue_time"]);
  });
});

describe("a line that stands", () => {
  it("has less time for sheddable calls, then for those of default criticality, never for critical ones", async () => {
    const { line, stand } = newLine(100);
    const refusal = (criticality: Criticality) => line.refuses({ criticality, maxWaitMs: 100 }, 100);
    expect((["sheddable", "default", "critical"] as const).map(refusal)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await stand(200);
    expect((["sheddable", "default", "critical"] as const).map(refusal)).toEqual([
      "queue_time",
      undefined,
      undefined,
    ]);
    await stand(400);
    expect((["sheddable", "default", "critical"] as const).map(refusal)).toEqual([
      "queue_time",
      "queue_time",
      undefined,
    ]);
  });

  it("takes everybody again after a quarter of a second without anybody in it", async () => {
    const { clock, line, stand } = newLine(100);
    await stand(2_000);
    while (line.admitNext());
    await clock.advance(250);
    expect(line.refuses({ criticality: "sheddable", maxWaitMs: 100 }, 100)).toBeUndefined();
  });
});
