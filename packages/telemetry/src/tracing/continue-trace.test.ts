import { type OtlpReceiver, startOtlpReceiver } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type AmbientContext, currentContext } from "../ambient-context.js";
import { createLogger } from "../logger.js";
import { continueTrace } from "./continue-trace.js";
import { createTracer, type Tracer } from "./tracer.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const work = { name: "checkout/reserve", requestId: "saga-1" };

let receiver: OtlpReceiver;
let tracer: Tracer;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
  const log = createLogger({ service: "buy", level: "silent" });
  tracer = createTracer({ service: "buy", url: `${receiver.url}/v1/traces`, log });
});
afterEach(async () => {
  await tracer.shutdown();
  await receiver.stop();
});

const contextOf = async (): Promise<AmbientContext | undefined> => currentContext();

describe("continueTrace", () => {
  it("records the work in the trace of the call that began it", async () => {
    const context = await continueTrace(tracer, { ...work, traceparent }, contextOf);
    expect(context?.requestId).toBe("saga-1");
    expect(context?.span?.traceparent).toBe(context?.traceparent);
    await tracer.shutdown();
    const expected = {
      name: "checkout/reserve",
      traceId,
      parentSpanId: "00f067aa0ba902b7",
      kind: 1,
      status: 0,
    };
    expect(receiver.spans).toMatchObject([expected]);
  });

  it("records by name what the work failed with, and throws it on", async () => {
    const failing = () => Promise.reject(new RangeError("no room for ada@example.com"));
    await expect(continueTrace(tracer, { ...work, traceparent }, failing)).rejects.toThrow(RangeError);
    await tracer.shutdown();
    expect(receiver.spans).toMatchObject([{ status: 2, attributes: { "error.type": "RangeError" } }]);
    expect(receiver.bodies.join()).not.toContain("ada@example.com");
  });

  it("passes a trace on that is not recorded", async () => {
    const silent = traceparent.replace(/1$/, "0");
    const context = await continueTrace(tracer, { ...work, traceparent: silent }, contextOf);
    expect(context).toEqual({ requestId: "saga-1", traceparent: silent });
    expect(await continueTrace(undefined, { ...work, traceparent }, contextOf)).toEqual({
      requestId: "saga-1",
      traceparent,
    });
  });

  it("begins no trace where none was kept", async () => {
    const context = await continueTrace(tracer, { ...work, traceparent: undefined }, contextOf);
    expect(context).toEqual({ requestId: "saga-1" });
  });
});
