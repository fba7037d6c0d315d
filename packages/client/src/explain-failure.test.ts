import { describe, expect, it } from "@jest/globals";
import { callPolicy } from "./call-policy.js";
import { explainFailure } from "./explain-failure.js";
import { EchoService } from "./testing/echo-contract.js";

const late = new DOMException("the time is up", "TimeoutError");
const call = {
  callee: { name: "echo", closed: false },
  policy: callPolicy(EchoService.method.say),
  signal: AbortSignal.abort(late),
};

describe("a call whose signal was aborted by a clock", () => {
  it.each([
    ["how long it was given", 50, "in 50 ms"],
    ["no time that it was not given", undefined, "in time"],
  ])("says %s", (_, timeoutMs, within) => {
    const { rawMessage } = explainFailure(late, { ...call, timeoutMs });
    expect(rawMessage).toBe(`echo gave no answer to /test.echo.v1.EchoService/Say ${within}`);
  });
});
