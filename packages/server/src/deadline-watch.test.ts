import { ManualClock } from "@charter/testing";
import { Deadline } from "@charter/time";
import { describe, expect, it } from "@jest/globals";
import { DeadlineWatch } from "./deadline-watch.js";
import { ChassisError } from "./errors/chassis-error.js";

function newWatch() {
  const clock = new ManualClock();
  const watch = new DeadlineWatch(clock);
  const ended: string[] = [];
  const add = (name: string, ms: number) => {
    const abort = () => {
      ended.push(name);
      watch.remove(seat);
    };
    const seat = watch.add({ deadline: Deadline.after(clock, ms), abort }, ChassisError.DEADLINE_EXCEEDED);
    return seat;
  };
  return { clock, watch, ended, add };
}

describe("DeadlineWatch", () => {
  it("ends each call when its deadline passes, in whatever order they came, with one timer", async () => {
    const { clock, ended, add } = newWatch();
    add("second", 200);
    add("first", 100);
    add("third", 300);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(99);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(["first"]);
    await clock.advance(100);
    expect(ended).toEqual(["first", "second"]);
    await clock.advance(100);
    expect(ended).toEqual(["first", "second", "third"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves alone what is over, and its timer ends with the calls", async () => {
    const { clock, watch, ended, add } = newWatch();
    for (let count = 0; count < 1_000; count += 1) watch.remove(add("over", 100));
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(100);
    expect([ended, clock.pendingTimers]).toEqual([[], 0]);
  });

  it("ends a call that comes while another is ended", async () => {
    const { clock, watch, ended, add } = newWatch();
    const deadline = Deadline.after(clock, 10);
    watch.add({ deadline, abort: () => void add("next", 5) }, ChassisError.DEADLINE_EXCEEDED);
    add("later", 1_000);
    await clock.advance(10);
    await clock.advance(5);
    expect(ended).toEqual(["next"]);
  });
});
