import { describe, expect, it } from "@jest/globals";
import { addFile, openAccount, rowsRefused, whatIsMissing } from "./account.js";
import type { InvoiceRow } from "./invoice-row.js";
import { planImport } from "./plan.js";
import type { Uploaded } from "./upload.js";

const row = (line: number, change: Partial<InvoiceRow> = {}): InvoiceRow => ({
  line,
  invoice: "536365",
  sku: "71053",
  isShipping: false,
  description: "LANTERN",
  quantity: 2,
  unitPriceMinor: 339n,
  placedAt: new Date("2010-12-01T08:26:00Z"),
  customer: "17850",
  countryCode: "GB",
  ...change,
});

const rows = [
  row(2),
  row(3, { sku: "POST", isShipping: true, quantity: 1, unitPriceMinor: 1_800n }),
  row(4, {
    invoice: "536366",
    customer: "",
    quantity: 1,
    unitPriceMinor: 350n,
    placedAt: new Date("2010-12-01T09:00:00Z"),
  }),
];
const read = { rowsIn: 4, rows, refused: [{ line: 5, reason: "CANCELLATION" }] };
const uploaded = (orders: bigint, minor: bigint, refused: Uploaded["refused"] = []): Uploaded => ({
  products: { created: 1n, updated: 0n, unchanged: 0n },
  customers: { imported: 1n, unchanged: 0n },
  orders: { imported: { orders, minor }, unchanged: { orders: 0n, minor: 0n } },
  refused,
});

describe("planImport", () => {
  it("makes an order of each invoice, with postage as its shipping", () => {
    const { orders } = planImport(rows);
    expect(orders).toMatchObject([
      { invoice: "536365", shippingMinor: 1_800n, totalMinor: 2_478n },
      { invoice: "536366", shippingMinor: 0n, totalMinor: 350n },
    ]);
  });

  it("takes a product's price from its latest line and counts what was sold", () => {
    expect(planImport(rows).products).toEqual([
      {
        sku: "71053",
        name: "LANTERN",
        priceMinor: 350n,
        observedAt: new Date("2010-12-01T09:00:00Z"),
        unitsSold: 3,
      },
    ]);
  });

  it("makes no customer of a guest", () => {
    expect(planImport(rows).customers).toEqual([{ customer: "17850", countryCode: "GB" }]);
  });
});

describe("account", () => {
  it("accounts for every row and every penny", () => {
    const account = openAccount();
    addFile(account, "a.csv", read, planImport(rows), uploaded(2n, 2_828n));
    expect(account).toMatchObject({ rowsIn: 4, rowsImported: 3, fileMinor: 2_828n });
    expect(rowsRefused(account)).toBe(1);
    expect(whatIsMissing(account)).toBeUndefined();
  });

  it("counts all rows of an order that the shop refused", () => {
    const account = openAccount();
    const refused = [2, 3].map((line) => ({ line, reason: "ORDER_OUT_OF_STOCK" }));
    addFile(account, "a.csv", read, planImport(rows), uploaded(1n, 350n, refused));
    expect(account).toMatchObject({ rowsImported: 1, fileMinor: 350n });
    expect(rowsRefused(account)).toBe(3);
    expect(whatIsMissing(account)).toBeUndefined();
  });

  it("says when the shop's money is not the file's", () => {
    const account = openAccount();
    addFile(account, "a.csv", read, planImport(rows), uploaded(2n, 2_827n));
    expect(whatIsMissing(account)).toBe(
      "the files' accepted rows come to 2828 pence, the shop's orders to 2827",
    );
  });
});
