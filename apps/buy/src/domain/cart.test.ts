import { describe, expect, it } from "@jest/globals";
import { MAX_CART_LINES, setQuantity, withoutOrdered } from "./cart.js";

const cart = [
  { sku: "a", quantity: 1 },
  { sku: "b", quantity: 5 },
];
const full = Array.from({ length: MAX_CART_LINES }, (_, index) => ({ sku: `s${index}`, quantity: 1 }));

describe("setQuantity", () => {
  it.each([
    ["adds a product", cart, "c", 2, { kind: "changed", quantity: 2 }],
    ["changes a quantity", cart, "b", 2, { kind: "changed", quantity: 2 }],
    ["removes a product", cart, "b", 0, { kind: "changed", quantity: 0 }],
    ["does nothing when it is so already", cart, "b", 5, { kind: "unchanged" }],
    ["does nothing when what shall go is not there", cart, "c", 0, { kind: "unchanged" }],
    ["refuses one product too many", full, "c", 1, { kind: "full" }],
    ["changes a quantity in a full cart", full, "s3", 2, { kind: "changed", quantity: 2 }],
  ])("%s", (_, lines, sku, quantity, change) => {
    expect(setQuantity(lines, sku, quantity)).toEqual(change);
  });
});

describe("withoutOrdered", () => {
  it("takes out what was ordered and keeps what came in since", () => {
    const ordered = [
      { sku: "a", quantity: 1 },
      { sku: "b", quantity: 3 },
      { sku: "gone", quantity: 1 },
    ];
    expect(withoutOrdered(cart, ordered)).toEqual([{ sku: "b", quantity: 2 }]);
  });

  it("never leaves less than nothing", () => {
    expect(withoutOrdered(cart, [{ sku: "a", quantity: 7 }])).toEqual([{ sku: "b", quantity: 5 }]);
  });
});
