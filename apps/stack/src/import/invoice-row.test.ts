import { describe, expect, it } from "@jest/globals";
import { parseRow, type RawRow } from "./invoice-row.js";

const row: RawRow = {
  InvoiceNo: "536365",
  StockCode: "85123a",
  Description: " WHITE HANGING HEART ",
  Quantity: "6",
  InvoiceDate: "2010-12-01 08:26:00",
  UnitPrice: "2.55",
  CustomerID: "17850.0",
  Country: "United Kingdom",
};

describe("parseRow", () => {
  it("reads money to the penny, the SKU in capitals and the customer without its decimal", () => {
    expect(parseRow(2, row)).toEqual({
      line: 2,
      invoice: "536365",
      sku: "85123A",
      isShipping: false,
      description: "WHITE HANGING HEART",
      quantity: 6,
      unitPriceMinor: 255n,
      placedAt: new Date("2010-12-01T08:26:00Z"),
      customer: "17850",
      countryCode: "GB",
    });
  });

  it.each([
    ["2", 200n],
    ["2.1", 210n],
    ["0.07", 7n],
    ["11062.06", 1_106_206n],
  ])("reads the price %s as %s pence", (UnitPrice, unitPriceMinor) => {
    expect(parseRow(2, { ...row, UnitPrice })).toMatchObject({ unitPriceMinor });
  });

  it.each([
    ["a cancelled invoice", { InvoiceNo: "C536379", Quantity: "-1" }, "CANCELLATION"],
    ["a negative quantity", { Quantity: "-10" }, "QUANTITY_NOT_POSITIVE"],
    ["no quantity", { Quantity: "0" }, "QUANTITY_NOT_POSITIVE"],
    ["a price of nothing", { UnitPrice: "0.0" }, "PRICE_NOT_POSITIVE"],
    ["a negative price", { UnitPrice: "-11062.06" }, "PRICE_NOT_POSITIVE"],
    ["a bank charge", { StockCode: "BANK CHARGES" }, "NOT_A_PRODUCT"],
    ["a manual correction", { StockCode: "m" }, "NOT_A_PRODUCT"],
    ["an adjustment of bad debt", { InvoiceNo: "A563185", StockCode: "B" }, "NOT_A_PRODUCT"],
    ["no description", { Description: " " }, "DESCRIPTION_MISSING"],
    ["a country that nobody knows", { Country: "Atlantis" }, "COUNTRY_UNKNOWN"],
    ["a price with three decimals", { UnitPrice: "2.555" }, "MALFORMED"],
    ["a quantity in words", { Quantity: "six" }, "MALFORMED"],
    ["a date that no calendar has", { InvoiceDate: "2010-13-01 08:26:00" }, "MALFORMED"],
    ["another column in its place", { InvoiceNo: "WHITE METAL LANTERN" }, "MALFORMED"],
  ])("refuses %s", (_what, change, reason) => {
    expect(parseRow(7, { ...row, ...change })).toMatchObject({ line: 7, reason });
  });

  it("keeps postage apart from products", () => {
    expect(parseRow(2, { ...row, StockCode: "POST" })).toMatchObject({ isShipping: true });
  });

  it.each([
    ["EIRE", "IE"],
    ["Channel Islands", "ZZ"],
    ["Germany", "DE"],
  ])("knows %s as %s", (Country, countryCode) => {
    expect(parseRow(2, { ...row, Country })).toMatchObject({ countryCode });
  });
});
