import { describe, expect, it } from "@jest/globals";
import { Seats } from "./seats.js";

const named = (name: string) => ({ name });

describe("Seats", () => {
  it("holds what was added until its seat is given back, and gives the seat to the next", () => {
    const seats = new Seats<{ name: string }>();
    const [, second] = ["a", "b", "c"].map((name) => seats.add(named(name)));
    seats.remove(second as number);
    expect(seats.add(named("d"))).toBe(second);
    expect([...seats].map((it) => it.name).toSorted()).toEqual(["a", "c", "d"]);
    expect(seats.size).toBe(3);
  });

  it("can be emptied while it is walked through", () => {
    const seats = new Seats<{ name: string; seat?: number }>();
    for (const name of ["a", "b", "c"]) {
      const one: { name: string; seat?: number } = { name };
      one.seat = seats.add(one);
    }
    for (const { seat } of seats) seats.remove(seat as number);
    expect([seats.size, [...seats]]).toEqual([0, []]);
  });
});
