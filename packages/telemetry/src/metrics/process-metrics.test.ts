import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { collectProcessMetrics } from "./process-metrics.js";
import { MetricRegistry } from "./registry.js";

describe("collectProcessMetrics", () => {
  it("shows what the process uses, until it is ended", () => {
    const registry = new MetricRegistry();
    const end = collectProcessMetrics(registry, new ManualClock());
    const values = new Map(registry.samples().flatMap((it) => ("value" in it ? [[it.name, it.value]] : [])));
    expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(values.get("nodejs_heap_used_bytes")).toBeGreaterThan(1e6);
    expect(values.get("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(values.get("nodejs_eventloop_delay_p99_seconds")).toBeGreaterThanOrEqual(0);
    end();
    expect(registry.render()).not.toContain("process_");
  });
});
