import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { PaymentProvider } from "./payment-provider.js";

/** A provider under test, what it says of the money it moved, and how to be rid of it. */
export interface ProviderFixture {
  readonly provider: PaymentProvider;
  /** Minor units that an authorization holds and that the merchant has of it. */
  books(authorizationKey: string): Promise<{ held: bigint; merchant: bigint }>;
  close(): Promise<void>;
}

const gbp = (minor: bigint) => ({ currencyCode: "GBP", minor });
const AMOUNT = gbp(1_000n);
const APPROVED = { kind: "approved" };
const UNKNOWN = { kind: "unknown" };
const declined = (reason: string) => ({ kind: "declined", reason });

/** What every payment provider must do. The method tokens are those of PAYMENT_SCRIPTS. */
export function paymentProviderContract(name: string, open: () => Promise<ProviderFixture>): void {
  describe(`payment provider: ${name}`, () => {
    let fixture: ProviderFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.close());

    const authorize = (methodToken: string, key = "a", amount = AMOUNT) =>
      fixture.provider.authorize({ key, amount, methodToken, reference: "order" });

    it("authorises, captures and refunds", async () => {
      expect(await authorize("pm_ok")).toEqual(APPROVED);
      expect(await fixture.books("a")).toEqual({ held: 1_000n, merchant: 0n });
      const part = { authorizationKey: "a", amount: gbp(700n) };
      expect(await fixture.provider.capture({ key: "c", ...part })).toEqual(APPROVED);
      expect(await fixture.books("a")).toEqual({ held: 300n, merchant: 700n });
      expect(await fixture.provider.refund({ key: "r", ...part })).toEqual(APPROVED);
      expect(await fixture.books("a")).toEqual({ held: 300n, merchant: 0n });
    });

    it("acts once for a key, also when it is sent fifty times at once", async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => authorize("pm_ok")));
      expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(["approved"]));
      expect(await fixture.books("a")).toEqual({ held: 1_000n, merchant: 0n });
    });

    it("refuses a key that was used for something else", async () => {
      await authorize("pm_ok");
      await expect(authorize("pm_ok", "a", gbp(1n))).rejects.toThrow("was used before");
      await expect(fixture.provider.void({ key: "a", authorizationKey: "a" })).rejects.toThrow(
        "was used before",
      );
    });

    it("declines for good", async () => {
      expect(await authorize("pm_declined")).toEqual(declined("CARD_DECLINED"));
      expect(await fixture.provider.query("a")).toEqual(declined("CARD_DECLINED"));
      expect(await authorize("pm_nobody_knows", "b")).toEqual(declined("UNKNOWN_METHOD"));
    });

    it("never captures more than it holds nor refunds more than was captured", async () => {
      await authorize("pm_ok");
      const settle = (key: string, minor: bigint) => ({ key, authorizationKey: "a", amount: gbp(minor) });
      expect(await fixture.provider.capture(settle("c1", 1_001n))).toEqual(declined("AMOUNT_TOO_LARGE"));
      expect(await fixture.provider.capture(settle("c2", 1_000n))).toEqual(APPROVED);
      expect(await fixture.provider.capture(settle("c3", 1n))).toEqual(declined("AMOUNT_TOO_LARGE"));
      expect(await fixture.provider.refund(settle("r1", 1_001n))).toEqual(declined("AMOUNT_TOO_LARGE"));
    });

    it("says unknown where it charged without an answer, and query tells", async () => {
      expect(await authorize("pm_timeout_after_charge")).toEqual(UNKNOWN);
      expect(await fixture.provider.query("a")).toEqual(APPROVED);
      expect(await authorize("pm_timeout_after_charge")).toEqual(APPROVED);
      expect(await fixture.books("a")).toEqual({ held: 1_000n, merchant: 0n });
    });

    it("says unknown where the request was lost, and query tells", async () => {
      expect(await authorize("pm_timeout_before_charge")).toEqual(UNKNOWN);
      expect(await fixture.provider.query("a")).toEqual({ kind: "absent" });
      expect(await authorize("pm_timeout_before_charge")).toEqual(APPROVED);
    });

    it("voids what it holds, once and again", async () => {
      await authorize("pm_ok");
      const voiding = { key: "v", authorizationKey: "a" };
      expect(await fixture.provider.void(voiding)).toEqual(APPROVED);
      expect(await fixture.provider.void(voiding)).toEqual(APPROVED);
      expect(await fixture.books("a")).toEqual({ held: 0n, merchant: 0n });
    });

    it("declines an authorization that arrives after it was voided", async () => {
      expect(await fixture.provider.void({ key: "v", authorizationKey: "a" })).toEqual(APPROVED);
      expect(await authorize("pm_ok")).toEqual(declined("VOIDED"));
      expect(await fixture.books("a")).toEqual({ held: 0n, merchant: 0n });
    });

    it("captures at the third attempt where two were lost", async () => {
      await authorize("pm_capture_fails_twice");
      const capture = () => fixture.provider.capture({ key: "c", authorizationKey: "a", amount: AMOUNT });
      expect([await capture(), await capture(), await capture()]).toEqual([UNKNOWN, UNKNOWN, APPROVED]);
      expect(await fixture.books("a")).toEqual({ held: 0n, merchant: 1_000n });
    });
  });
}
