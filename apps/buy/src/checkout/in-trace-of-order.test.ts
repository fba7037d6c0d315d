import {
  type AmbientContext,
  createLogger,
  currentContext,
  runInContext,
  tracerFromEnvironment,
} from "@charter/telemetry";
import { type OtlpReceiver, startOtlpReceiver } from "@charter/testing";
import { Deadline, systemClock } from "@charter/time";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inTraceOfOrder } from "./in-trace-of-order.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const trace = `00-${traceId}-00f067aa0ba902b7-01`;
const step = { saga: "checkout", sagaId: "checkout:o1", step: "look", attempt: 2, trace } as const;

let collector: OtlpReceiver;
beforeEach(async () => {
  collector = await startOtlpReceiver();
});
afterEach(() => collector.stop());

describe("inTraceOfOrder", () => {
  it("runs a step under a context of its own, not under that of the call that woke the checkout", async () => {
    const seen: (AmbientContext | undefined)[] = [];
    const call = { requestId: "call", deadline: Deadline.after(systemClock, 0), signal: AbortSignal.abort() };
    const around = inTraceOfOrder(undefined);
    await runInContext(call, () =>
      around({ ...step, direction: "forward" }, async () => void seen.push(currentContext())),
    );
    expect(seen).toEqual([{ requestId: "checkout:o1:look", traceparent: trace }]);
  });

  it("records steps and compensations in the trace of the order", async () => {
    const log = createLogger({ service: "buy", level: "silent" });
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const tracer = await tracerFromEnvironment(environment, { service: "buy", log });
    const around = inTraceOfOrder(tracer);
    await around({ ...step, direction: "forward" }, async () => {});
    await around({ ...step, direction: "backward" }, async () => {});
    await tracer?.shutdown();
    const attributes = { "charter.saga_id": "checkout:o1", "charter.attempt": 2 };
    expect(collector.spans).toMatchObject([
      { name: "checkout/look", traceId, attributes },
      { name: "checkout/undo look", traceId, attributes },
    ]);
  });
});
