import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("the jest environment", () => {
  it("lets errors that Node itself makes be instances of Error, and of nothing more", () => {
    const error = thrownBy(() => readFileSync("/no/such/file"));
    class OtherError extends Error {}
    expect(error instanceof Error).toBe(true);
    expect(error instanceof OtherError).toBe(false);
    expect({} instanceof Error).toBe(false);
  });
});
