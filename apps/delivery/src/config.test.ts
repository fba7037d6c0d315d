import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.js";

describe("the configuration", () => {
  it("needs nothing to be set", () => {
    expect(readConfig({}, "/repository/")).toMatchObject({
      host: "127.0.0.1",
      port: 8084,
      databaseUrl: undefined,
      identityDirectory: "/repository/.charter/identity",
      userUrls: ["http://127.0.0.1:8081"],
      carrierSpeed: 1,
      slotCapacity: 40,
      wire: "charter",
    });
  });

  it("takes what is set, as text", () => {
    const env = {
      CHARTER_PORT_DELIVERY: "0",
      CARRIER_SPEED: "86400",
      SLOT_CAPACITY: "5",
      CHARTER_WIRE: "node",
      CHARTER_LOG_LEVEL: "warn",
    };
    expect(readConfig(env, "/")).toMatchObject({
      port: 0,
      carrierSpeed: 86_400,
      slotCapacity: 5,
      wire: "node",
      logLevel: "warn",
    });
  });

  it.each([
    ["CHARTER_PORT_DELIVERY", "http"],
    ["CARRIER_SPEED", "0"],
    ["SLOT_CAPACITY", "-1"],
    ["CHARTER_URL_USER", "nowhere"],
  ])("names %s when it is %j", (variable, value) => {
    expect(() => readConfig({ [variable]: value }, "/")).toThrow(variable);
  });
});
