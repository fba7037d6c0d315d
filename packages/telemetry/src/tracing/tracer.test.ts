import { type OtlpReceiver, startOtlpReceiver } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createLogger } from "../logger.js";
import { createTracer, type TracerOptions } from "./tracer.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callerSpan = "00f067aa0ba902b7";
const recorded = `00-${traceId}-${callerSpan}-01`;
const notRecorded = `00-${traceId}-${callerSpan}-00`;

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(() => receiver.stop());

function tracerOf(options: Partial<TracerOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ service: "buy", destination });
  return {
    lines,
    tracer: createTracer({ service: "buy", url: `${receiver.url}/v1/traces`, log, ...options }),
  };
}

describe("createTracer", () => {
  it("sends the work of a call and what it was made of as one trace", async () => {
    const { tracer } = tracerOf();
    const header = { traceparent: recorded, tracestate: "vendor=1" };
    const call = tracer.begin("shop/Buy", "server", header, { "rpc.method": "Buy" });
    const child = call?.child("stock", "client", { "server.address": "stock", attempt: 2, cached: false });
    child?.set({ "rpc.response.status_code": "NOT_FOUND" });
    child?.end("not_found");
    call?.completed("SELECT", "client", { durationMs: 12.5, attributes: { "db.query.text": "select $1" } });
    call?.end();
    await tracer.shutdown();
    const byName = new Map(receiver.spans.map((span) => [span.name, span]));
    const root = byName.get("shop/Buy");
    expect(root).toMatchObject({
      service: "buy",
      traceId,
      parentSpanId: callerSpan,
      kind: 2,
      status: 0,
      traceState: "vendor=1",
      attributes: { "rpc.method": "Buy" },
    });
    expect(byName.get("stock")).toMatchObject({
      traceId,
      parentSpanId: root?.spanId,
      kind: 3,
      status: 2,
      attributes: {
        "server.address": "stock",
        attempt: 2,
        cached: false,
        "rpc.response.status_code": "NOT_FOUND",
        "error.type": "not_found",
      },
    });
    expect(byName.get("SELECT")).toMatchObject({ parentSpanId: root?.spanId, kind: 3, status: 0 });
    expect(byName.get("SELECT")?.durationMs).toBeCloseTo(12.5, 2);
  });

  it("names itself as the parent of what it causes elsewhere", () => {
    const { tracer } = tracerOf();
    const call = tracer.begin("x", "server", { traceparent: recorded, tracestate: "a=b" });
    const outgoing = call?.child("y", "client");
    expect(outgoing?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(outgoing?.traceparent).not.toBe(call?.traceparent);
    expect(outgoing?.tracestate).toBe("a=b");
  });

  it.each([
    ["the caller records it", { traceparent: recorded }, 0, 0.5, true],
    ["the caller does not", { traceparent: notRecorded }, 1, 0, false],
    ["nobody has begun and the draw is below the ratio", {}, 0.25, 0.24, true],
    ["nobody has begun and the draw is not", {}, 0.25, 0.25, false],
    ["the header is malformed and the draw is not", { traceparent: `${"x".repeat(54)}1` }, 0.25, 0.25, false],
    ["the header is malformed and the draw is", { traceparent: `${"x".repeat(54)}1` }, 0.25, 0.1, true],
    ["nothing is to be recorded", {}, 0, 0, false],
  ])("decides when %s", (_, header, ratio, draw, expected) => {
    const { tracer } = tracerOf({ ratio, random: () => draw });
    expect(tracer.begin("x", "server", header) !== undefined).toBe(expected);
  });

  it("leaves out a tracestate that must not be passed on", () => {
    const { tracer } = tracerOf();
    for (const tracestate of ["a=\n", "a".repeat(513)]) {
      expect(tracer.begin("x", "server", { traceparent: recorded, tracestate })?.tracestate).toBeUndefined();
    }
  });

  it("begins a trace of its own after a malformed header", async () => {
    const { tracer } = tracerOf();
    tracer.begin("x", "server", { traceparent: `00-${"0".repeat(32)}-${callerSpan}-01` })?.end();
    await tracer.shutdown();
    expect(receiver.spans).toMatchObject([{ parentSpanId: "" }]);
    expect(receiver.spans[0]?.traceId).not.toBe("0".repeat(32));
  });

  it("says once that the collector refuses, and counts what is lost", async () => {
    const { tracer, lines } = tracerOf();
    receiver.answerWith(400);
    tracer.begin("x", "server", {})?.end();
    await tracer.shutdown();
    expect(lines).toMatchObject([{ level: "warn", msg: "spans cannot be exported" }]);
    const lost = tracer.samples().filter(({ labels }) => labels?.reason === "export_failed");
    expect(lost).toMatchObject([{ name: "trace_spans_dropped_total", value: 1 }]);
  });
});
