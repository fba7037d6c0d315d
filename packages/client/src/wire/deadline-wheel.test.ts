import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { DeadlineWheel, type Expiring } from "./deadline-wheel.js";

describe("a DeadlineWheel", () => {
  function wheelAt() {
    const clock = new ManualClock();
    const wheel = new DeadlineWheel(clock);
    const expired: string[] = [];
    const add = (name: string, ms: number): Expiring => {
      const it: Expiring = { slot: -1, expire: () => expired.push(name) };
      wheel.add(it, ms);
      return it;
    };
    return { clock, wheel, expired, add };
  }

  it("ends each call never early and at most a slot late, whatever the order in which they came", async () => {
    const { clock, expired, add } = wheelAt();
    add("late", 5_003);
    add("soon", 101);
    add("middle", 1_000);
    await clock.advance(100);
    expect(expired).toEqual([]);
    await clock.advance(10);
    expect(expired).toEqual(["soon"]);
    await clock.advance(890);
    expect(expired).toEqual(["soon", "middle"]);
    await clock.advance(4_010);
    expect(expired).toEqual(["soon", "middle", "late"]);
  });

  it("ends no call that was removed, and goes on to the next", async () => {
    const { clock, wheel, expired, add } = wheelAt();
    const removed = add("removed", 50);
    add("other", 50);
    add("next", 200);
    wheel.remove(removed);
    await clock.advance(60);
    expect(expired).toEqual(["other"]);
    await clock.advance(150);
    expect(expired).toEqual(["other", "next"]);
  });

  it("takes calls again after it was empty", async () => {
    const { clock, wheel, expired, add } = wheelAt();
    wheel.remove(add("removed", 1_000));
    await clock.advance(2_000);
    add("second", 30);
    await clock.advance(40);
    expect(expired).toEqual(["second"]);
  });
});
