import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.js";

describe("readConfig", () => {
  it("has a default for everything", () => {
    expect(readConfig({}, "/repository/")).toEqual({
      host: "127.0.0.1",
      port: 8082,
      databaseUrl: undefined,
      identityDirectory: "/repository/.charter/identity",
      userUrls: ["http://127.0.0.1:8081"],
      wire: "charter",
      logLevel: "info",
    });
  });

  it("names every variable that cannot be used", () => {
    const env = {
      CHARTER_PORT_DISCOUNT: "80a",
      DATABASE_URL_DISCOUNT: "mysql://x",
      CHARTER_LOG_LEVEL: "loud",
    };
    expect(() => readConfig(env, "/")).toThrow(
      /CHARTER_PORT_DISCOUNT.*DATABASE_URL_DISCOUNT.*CHARTER_LOG_LEVEL/s,
    );
  });
});
