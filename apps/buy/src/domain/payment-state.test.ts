import { describe, expect, it } from "@jest/globals";
import { paymentMayBecome } from "./payment-state.js";

describe("paymentMayBecome", () => {
  it("passes through the unknown before it is authorised", () => {
    expect(paymentMayBecome("NONE", "AUTHORIZED")).toBe(false);
    expect(paymentMayBecome("NONE", "AUTHORIZATION_UNKNOWN")).toBe(true);
    expect(paymentMayBecome("AUTHORIZATION_UNKNOWN", "AUTHORIZED")).toBe(true);
  });

  it("lets every step be repeated", () => {
    expect(paymentMayBecome("CAPTURED", "CAPTURED")).toBe(true);
  });

  it("never takes money after it was given up, nor gives up what was taken", () => {
    expect(paymentMayBecome("VOIDED", "CAPTURED")).toBe(false);
    expect(paymentMayBecome("VOIDED", "AUTHORIZED")).toBe(false);
    expect(paymentMayBecome("CAPTURED", "VOIDED")).toBe(false);
  });
});
