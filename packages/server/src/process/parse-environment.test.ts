import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { EnvironmentError, parseEnvironment } from "./parse-environment.js";

const schema = z.object({
  CHARTER_PORT_BUY: z.coerce.number().int().min(1).max(65_535).default(8083),
  DATABASE_URL_BUY: z.url(),
});

describe("parseEnvironment", () => {
  it("reads what is there and defaults what is not; what is empty is not there", () => {
    const env = { DATABASE_URL_BUY: "postgres://localhost/buy", CHARTER_PORT_BUY: "", PATH: "/bin" };
    expect(parseEnvironment(schema, env)).toEqual({
      DATABASE_URL_BUY: "postgres://localhost/buy",
      CHARTER_PORT_BUY: 8083,
    });
  });

  it("names every variable that is wrong, and repeats no value", () => {
    const parse = () => parseEnvironment(schema, { CHARTER_PORT_BUY: "99999", DATABASE_URL_BUY: "hunter2" });
    expect(parse).toThrow(EnvironmentError);
    expect(parse).toThrow(/CHARTER_PORT_BUY[\s\S]*DATABASE_URL_BUY/);
    expect(parse).not.toThrow(/hunter2/);
  });
});
