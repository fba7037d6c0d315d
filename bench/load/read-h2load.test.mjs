import { describe, expect, it } from "@jest/globals";
import { assertAnswered, readH2load } from "./read-h2load.mjs";

/** What h2load 1.52 prints at its end, of calls that are answered with 20 bytes. */
const printed = ({ calls, failed = 0, dataBytes }) => `
finished in 1.00s, ${calls}.00 req/s, 1.50MB/s
requests: ${calls + failed} total, ${calls + failed} started, ${calls + failed} done, ${calls} succeeded, ${failed} failed, 0 errored, 0 timeout
status codes: ${calls} 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 1.50MB (1572864) total, 100.50KB (102912) headers (space savings 92.10%), 200.00KB (${dataBytes}) data
`;
const check = (text) => assertAnswered(readH2load(text), { answerBytes: 20, inFlight: 128 });

describe("what h2load prints", () => {
  it("has the rate", () => {
    expect(readH2load(printed({ calls: 10_000, dataBytes: 200_000 })).callsPerSecond).toBe(10_000);
  });

  it("is taken when every answer has its message, but for those that the end has cut off", () => {
    expect(() => check(printed({ calls: 10_000, dataBytes: 200_000 }))).not.toThrow();
    expect(() => check(printed({ calls: 10_000, dataBytes: 200_000 - 128 * 20 }))).not.toThrow();
  });

  it("is refused when answers were errors, which have status 200 and no message in gRPC", () => {
    expect(() => check(printed({ calls: 10_000, dataBytes: 200_000 - 129 * 20 }))).toThrow("refused");
  });

  it("is refused when calls failed, when there were none, and when it is something else", () => {
    expect(() => check(printed({ calls: 10_000, failed: 1, dataBytes: 200_000 }))).toThrow("1 failed");
    expect(() => check(printed({ calls: 0, dataBytes: 0 }))).toThrow("0 answered");
    expect(() => check("Could not resolve host")).toThrow("NaN answered");
  });
});
