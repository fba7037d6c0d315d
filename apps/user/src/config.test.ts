import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.js";

describe("the configuration", () => {
  it("has a default for everything", () => {
    expect(readConfig({}, "/srv/")).toEqual({
      host: "127.0.0.1",
      port: 8081,
      databaseUrl: undefined,
      identityDirectory: "/srv/.charter/identity",
      operator: undefined,
      wire: "charter",
      logLevel: "info",
    });
  });

  it("names every variable that is wrong, and no value", () => {
    const env = {
      CHARTER_PORT_USER: "eighty",
      OPERATOR_EMAIL: "root@example.org",
      OPERATOR_PASSWORD: "short",
    };
    expect(() => readConfig(env, "/")).toThrow(/CHARTER_PORT_USER[\s\S]*OPERATOR_PASSWORD/);
    expect(() => readConfig(env, "/")).not.toThrow(/short/);
  });

  it("takes the operator's login whole or not at all", () => {
    expect(() => readConfig({ OPERATOR_EMAIL: "root@example.org" }, "/")).toThrow(/OPERATOR_PASSWORD/);
    const env = { OPERATOR_EMAIL: "root@example.org", OPERATOR_PASSWORD: "long enough to be one" };
    expect(readConfig(env, "/").operator?.email).toBe("root@example.org");
  });
});
