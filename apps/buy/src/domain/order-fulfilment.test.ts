import { describe, expect, it } from "@jest/globals";
import { changesOfShipments, statesAfter } from "./order-fulfilment.js";

describe("changesOfShipments", () => {
  it("says nothing before the carrier has anything", () => {
    expect(changesOfShipments([])).toEqual([]);
    expect(changesOfShipments(["PACKING", "PACKING"])).toEqual([]);
    expect(changesOfShipments(["CANCELLED"])).toEqual([]);
  });

  it("tells a part from the whole", () => {
    expect(changesOfShipments(["UNDER_WAY", "PACKING"])).toEqual(["FULFIL_PART"]);
    expect(changesOfShipments(["UNDER_WAY", "CANCELLED"])).toEqual(["FULFIL_ALL"]);
    expect(changesOfShipments(["DELIVERED", "UNDER_WAY"])).toEqual(["FULFIL_ALL"]);
  });

  it("is delivered when everything has arrived, and returned when everything came back", () => {
    expect(changesOfShipments(["DELIVERED", "DELIVERED"])).toEqual(["FULFIL_ALL", "DELIVER"]);
    expect(changesOfShipments(["RETURNED"])).toEqual(["FULFIL_ALL", "RETURN"]);
    expect(changesOfShipments(["LOST"])).toEqual(["FULFIL_ALL"]);
  });
});

describe("statesAfter", () => {
  it("passes through what was not reported one by one", () => {
    expect(statesAfter("CONFIRMED", ["FULFIL_ALL", "DELIVER"])).toEqual(["FULFILLED", "DELIVERED"]);
    expect(statesAfter("CONFIRMED", ["FULFIL_ALL", "RETURN"])).toEqual(["FULFILLED", "RETURNED"]);
  });

  it("is not moved by what is old", () => {
    expect(statesAfter("DELIVERED", ["FULFIL_ALL", "DELIVER"])).toEqual([]);
    expect(statesAfter("CANCELLED", ["FULFIL_ALL", "DELIVER"])).toEqual([]);
  });
});
