import { describe, expect, it } from "@jest/globals";
import { isTerminal, type OrderChange, type OrderState, transition } from "./order-state.js";

const STATES: readonly OrderState[] = [
  "PENDING",
  "CONFIRMED",
  "PARTIALLY_FULFILLED",
  "FULFILLED",
  "DELIVERED",
  "CANCELLED",
  "RETURNED",
  "FAILED",
];
const CHANGES: readonly OrderChange[] = [
  "CONFIRM",
  "FAIL",
  "CANCEL",
  "FULFIL_PART",
  "FULFIL_ALL",
  "DELIVER",
  "RETURN",
];

describe("transition", () => {
  it("walks the whole way from placed to delivered", () => {
    const way: OrderChange[] = ["CONFIRM", "FULFIL_PART", "FULFIL_ALL", "DELIVER"];
    let state: OrderState = "PENDING";
    for (const change of way) {
      const next = transition(state, change);
      expect(next.kind).toBe("moved");
      state = next.kind === "moved" ? next.to : state;
    }
    expect(state).toBe("DELIVERED");
  });

  it("takes a repeated change as no news, in every state that it led to", () => {
    for (const state of STATES) {
      for (const change of CHANGES) {
        const next = transition(state, change);
        const again = next.kind === "moved" ? transition(next.to, change).kind : "unchanged";
        expect(again).toBe("unchanged");
      }
    }
  });

  it("never leaves an order that failed or was cancelled", () => {
    const left = (["FAILED", "CANCELLED"] as const).flatMap((state) =>
      CHANGES.filter((change) => transition(state, change).kind === "moved"),
    );
    expect(left).toEqual([]);
  });

  it("does not fail what was confirmed, nor cancel what has left", () => {
    expect(transition("CONFIRMED", "FAIL")).toEqual({ kind: "refused" });
    expect(transition("CONFIRMED", "CANCEL")).toEqual({ kind: "moved", to: "CANCELLED" });
    expect(transition("FULFILLED", "CANCEL")).toEqual({ kind: "refused" });
  });
});

describe("isTerminal", () => {
  it("names the states after which nothing comes by itself", () => {
    expect(STATES.filter(isTerminal)).toEqual(["DELIVERED", "CANCELLED", "RETURNED", "FAILED"]);
  });
});
