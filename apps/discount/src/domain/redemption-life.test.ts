import { describe, expect, it } from "@jest/globals";
import {
  isExpired,
  type RedemptionState,
  type StoredLife,
  stepOfCommit,
  stepOfRelease,
  stepOfReserve,
  stepOfRollback,
} from "./redemption-life.js";

const nowMs = 1_000;
const life = (state: RedemptionState): StoredLife => ({ state, expiresMs: 2_000 });
const expired: StoredLife = { state: "reserved", expiresMs: 1_000 };
const tombstone: StoredLife = { state: "released", expiresMs: undefined };
const refuse = (reason: string) => ({ do: "refuse", reason });

describe("the life of a redemption", () => {
  it("lets a reservation end exactly at its time", () => {
    expect(isExpired(expired, 999)).toBe(false);
    expect(isExpired(expired, 1_000)).toBe(true);
    expect(isExpired({ ...expired, state: "committed" }, 5_000)).toBe(false);
  });

  it.each([
    ["an unknown id", undefined, { do: "create" }],
    ["a reservation", life("reserved"), { do: "answer" }],
    ["an expired reservation", expired, { do: "renew" }],
    ["a committed one", life("committed"), { do: "answer" }],
    ["a tombstone", tombstone, refuse("redemption_released")],
    ["a rolled back one", life("rolled_back"), refuse("redemption_rolled_back")],
  ])("reserves %s", (_, stored, step) => {
    expect(stepOfReserve(stored, nowMs)).toEqual(step);
  });

  it.each([
    ["an unknown id", undefined, refuse("redemption_not_found")],
    ["a reservation", life("reserved"), { do: "commit" }],
    ["an expired reservation", expired, { do: "commit" }],
    ["a committed one", life("committed"), { do: "answer" }],
    ["a released one", life("released"), refuse("redemption_released")],
    ["a rolled back one", life("rolled_back"), refuse("redemption_rolled_back")],
  ])("commits %s", (_, stored, step) => {
    expect(stepOfCommit(stored)).toEqual(step);
  });

  it.each([
    ["an unknown id", undefined, { do: "entomb" }],
    ["a reservation", life("reserved"), { do: "release" }],
    ["an expired reservation", expired, { do: "release" }],
    ["a committed one", life("committed"), refuse("redemption_committed")],
    ["a released one", life("released"), { do: "answer" }],
    ["a rolled back one", life("rolled_back"), { do: "answer" }],
  ])("releases %s", (_, stored, step) => {
    expect(stepOfRelease(stored)).toEqual(step);
  });

  it.each([
    ["an unknown id", undefined, refuse("redemption_not_found")],
    ["a reservation", life("reserved"), refuse("redemption_not_committed")],
    ["a committed one", life("committed"), { do: "give_back" }],
    ["a released one", life("released"), refuse("redemption_released")],
    ["a rolled back one", life("rolled_back"), { do: "answer" }],
  ])("rolls back %s", (_, stored, step) => {
    expect(stepOfRollback(stored)).toEqual(step);
  });
});
