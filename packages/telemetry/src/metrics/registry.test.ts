import { describe, expect, it } from "@jest/globals";
import { MetricRegistry } from "./registry.js";
import type { Sample } from "./sample.js";

const gauge = (value: number, labels: Record<string, string> = {}): Sample => ({
  name: "depth",
  help: "How deep.",
  kind: "gauge",
  labels,
  value,
});

describe("MetricRegistry", () => {
  it("asks at each scrape, and nobody in between", () => {
    const registry = new MetricRegistry();
    let asked = 0;
    registry.collector(() => [gauge(++asked)]);
    expect(asked).toBe(0);
    expect(registry.render()).toContain("depth 1\n");
    expect(registry.render()).toContain("depth 2\n");
  });

  it("forgets a collector that is taken back", () => {
    const registry = new MetricRegistry();
    registry.collector(() => [gauge(1)])();
    expect(registry.render()).not.toContain("depth");
  });

  it("survives a collector that throws, and counts it", () => {
    const registry = new MetricRegistry();
    registry.collector(() => {
      throw new Error("broken");
    });
    registry.collector(() => [gauge(7)]);
    expect(registry.render()).toContain("depth 7\n");
    expect(registry.render()).toContain("metrics_collector_failures_total 2\n");
  });

  it("bounds what one scrape holds, and counts what it leaves out", () => {
    const registry = new MetricRegistry();
    registry.collector(() =>
      Array.from({ length: 20_005 }, (_, index) => gauge(1, { index: String(index) })),
    );
    const samples = registry.samples();
    expect(samples.filter(({ name }) => name === "depth")).toHaveLength(20_000);
    expect(registry.render()).toContain("metrics_series_left_out_total 10\n");
  });
});
