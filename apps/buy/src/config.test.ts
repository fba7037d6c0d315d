import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.js";

describe("readConfig", () => {
  it("starts alone without any setting", () => {
    expect(readConfig({}, "/shop/")).toEqual({
      host: "127.0.0.1",
      port: 8083,
      databaseUrl: undefined,
      identityDirectory: "/shop/.charter/identity",
      peers: {
        user: ["http://127.0.0.1:8081"],
        discount: "http://127.0.0.1:8082",
        delivery: "http://127.0.0.1:8084",
      },
      wire: "charter",
      logLevel: "info",
    });
  });

  it("knows several processes of its neighbours", () => {
    const targets = {
      CHARTER_URL_USER: "http://10.0.0.1:8081,http://10.0.0.2:8081",
      CHARTER_URL_DISCOUNT: "static:10.0.0.1:8082,10.0.0.2:8082",
      CHARTER_URL_DELIVERY: "dns:///delivery:8084",
    };
    expect(readConfig(targets, "/shop/").peers).toEqual({
      user: ["http://10.0.0.1:8081", "http://10.0.0.2:8081"],
      discount: targets.CHARTER_URL_DISCOUNT,
      delivery: targets.CHARTER_URL_DELIVERY,
    });
  });

  it("names every variable that is wrong", () => {
    const env = {
      CHARTER_PORT_BUY: "many",
      CHARTER_URL_DELIVERY: "somewhere",
      DATABASE_URL_BUY: "mysql://x",
    };
    expect(() => readConfig(env, "/shop/")).toThrow(
      /CHARTER_PORT_BUY[\s\S]*DATABASE_URL_BUY[\s\S]*CHARTER_URL_DELIVERY/,
    );
  });
});
