import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { MAX_QUEUED_SPANS, SpanQueue } from "./span-queue.js";

const span = {} as ReadableSpan;
type Done = Parameters<SpanExporter["export"]>[1];

/** An exporter that ends its exports when the test says so. */
function handExporter() {
  const batches: number[] = [];
  const pending: Done[] = [];
  let closed = false;
  const exporter: SpanExporter = {
    export(spans, done) {
      batches.push(spans.length);
      pending.push(done);
    },
    shutdown: async () => {
      closed = true;
    },
  };
  return { exporter, batches, end: (code: 0 | 1 = 0) => pending.shift()?.({ code }), isClosed: () => closed };
}

function queueOf() {
  const clock = new ManualClock();
  const hand = handExporter();
  const outcomes: (Error | undefined)[] = [];
  const queue = new SpanQueue({ exporter: hand.exporter, clock, onOutcome: (error) => outcomes.push(error) });
  const add = (count: number) => {
    for (let index = 0; index < count; index += 1) queue.onEnd(span);
  };
  const value = (name: string, reason?: string) =>
    queue.samples().find((it) => it.name === name && it.labels?.reason === reason);
  return { ...hand, clock, queue, outcomes, add, value };
}

describe("SpanQueue", () => {
  it("waits a second for spans that go together", async () => {
    const { clock, add, batches, end } = queueOf();
    add(3);
    await clock.advance(999);
    expect(batches).toEqual([]);
    await clock.advance(1);
    expect(batches).toEqual([3]);
    end();
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("exports a full batch at once, and one at a time", async () => {
    const { clock, add, batches, end, value } = queueOf();
    add(1_100);
    expect(batches).toEqual([512]);
    end();
    await clock.advance(0);
    expect(batches).toEqual([512, 512]);
    expect(value("trace_spans_exported_total")).toMatchObject({ value: 512 });
    expect(value("trace_spans_queued")).toMatchObject({ value: 76 });
  });

  it("drops what comes while it is full, and counts it", () => {
    const { add, value } = queueOf();
    // The first batch is on its way and no longer waits.
    add(512 + MAX_QUEUED_SPANS + 7);
    expect(value("trace_spans_queued")).toMatchObject({ value: MAX_QUEUED_SPANS });
    expect(value("trace_spans_dropped_total", "queue_full")).toMatchObject({ value: 7 });
  });

  it("tells when exports begin to fail and when they succeed again", async () => {
    const { clock, add, end, outcomes, value } = queueOf();
    for (const code of [1, 1, 0, 0] as const) {
      add(512);
      end(code);
      await clock.advance(0);
    }
    expect(outcomes).toEqual([expect.any(Error), undefined]);
    expect(value("trace_spans_dropped_total", "export_failed")).toMatchObject({ value: 1_024 });
  });

  it("sends the rest when it is shut down, and takes no more", async () => {
    const { clock, add, batches, end, queue, isClosed, value } = queueOf();
    add(2);
    const down = queue.shutdown();
    add(1);
    end();
    await down;
    expect(batches).toEqual([2]);
    expect(isClosed()).toBe(true);
    expect(value("trace_spans_dropped_total", "queue_full")).toMatchObject({ value: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  it("shuts down although an export does not end", async () => {
    const { clock, add, queue, isClosed } = queueOf();
    add(2);
    const down = queue.shutdown();
    await clock.advance(5_000);
    await down;
    expect(isClosed()).toBe(true);
  });
});
