import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { type Adjustment, type BasketLine, type Price, PricingError, priceBasket } from "./pricing.js";

const line = (lineNumber: number, quantity: number, unitPriceMinor: bigint): BasketLine => ({
  lineNumber,
  sku: `sku-${lineNumber}`,
  name: `Product ${lineNumber}`,
  quantity,
  unitPriceMinor,
  taxCategory: "STANDARD",
});

const off = (shares: readonly (readonly [number, bigint])[], shippingShareMinor = 0n): Adjustment => ({
  campaignId: "c",
  code: "",
  explanation: "less",
  amountMinor: shares.reduce((total, [, amount]) => total + amount, shippingShareMinor),
  lineShares: shares.map(([lineNumber, amountMinor]) => ({ lineNumber, amountMinor })),
  shippingShareMinor,
});

const basket = (
  lines: readonly BasketLine[],
  { adjustments = [] as readonly Adjustment[], shippingMinor = 0n, countryCode = "GB" } = {},
) => priceBasket({ currencyCode: "GBP", countryCode, lines, adjustments, shippingMinor });

const sums = ({ itemsMinor, discountMinor, shippingMinor, taxMinor, totalMinor }: Price) => ({
  itemsMinor,
  discountMinor,
  shippingMinor,
  taxMinor,
  totalMinor,
});

describe("priceBasket", () => {
  it("adds lines, discounts, shipping and tax up to the total", () => {
    const price = basket([line(1, 6, 255n), line(2, 1, 1_000n)], {
      adjustments: [off([[1, 153n]]), off([[2, 50n]], 100n)],
      shippingMinor: 495n,
    });
    expect(sums(price)).toEqual({
      itemsMinor: 2_530n,
      discountMinor: 303n,
      shippingMinor: 495n,
      // 20 % of 1,377, of 950 and of 395, each rounded by itself
      taxMinor: 275n + 190n + 79n,
      totalMinor: 3_266n,
    });
  });

  it("rounds tax once per line, not once per order", () => {
    // 20 % of 3 is 0.6: each line rounds up to 1, while 20 % of the sum of 9 would be 2.
    expect(basket([line(1, 1, 3n), line(2, 1, 3n), line(3, 1, 3n)]).taxMinor).toBe(3n);
  });

  it("taxes nothing on what is exported", () => {
    expect(basket([line(1, 1, 1_000n)], { countryCode: "JP", shippingMinor: 500n }).totalMinor).toBe(1_500n);
  });

  it("gives things away when all of it is taken off", () => {
    expect(basket([line(1, 2, 100n)], { adjustments: [off([[1, 200n]])] }).totalMinor).toBe(0n);
  });

  it.each([
    ["more than a line costs", [off([[1, 101n]])]],
    ["more than a line costs, by two campaigns", [off([[1, 60n]]), off([[1, 60n]])]],
    ["more than shipping costs", [off([], 1n)]],
    ["something off a line that is not there", [off([[2, 1n]])]],
    ["a negative amount", [off([[1, -1n]])]],
    ["shares that do not add up", [{ ...off([[1, 1n]]), amountMinor: 2n }]],
  ])("refuses to take off %s", (_, adjustments) => {
    expect(() => basket([line(1, 1, 100n)], { adjustments })).toThrow(PricingError);
  });

  it("always adds up, whatever the basket", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      for (let round = 0; round < 500; round += 1) checkRandomBasket(random);
    });
  });
});

function checkRandomBasket(random: SeededRandom): void {
  const lines = Array.from({ length: random.integer(1, 9) }, (_, index) =>
    line(index + 1, random.integer(1, 50), BigInt(random.integer(0, 5_000))),
  );
  const shares = lines
    .map((one) => [one.lineNumber, (BigInt(one.quantity) * one.unitPriceMinor) / 3n] as const)
    .filter(([, amount]) => amount > 0n);
  const price = basket(lines, {
    adjustments: shares.length > 0 ? [off(shares)] : [],
    shippingMinor: BigInt(random.integer(0, 900)),
  });
  expect(price.totalMinor).toBe(
    price.itemsMinor - price.discountMinor + price.shippingMinor + price.taxMinor,
  );
  const lineTotals = price.lines.reduce((total, one) => total + one.totalMinor, 0n);
  expect(price.totalMinor).toBe(
    lineTotals + price.shippingMinor - price.shippingDiscountMinor + price.shippingTaxMinor,
  );
}
