import { describe, expect, it } from "@jest/globals";
import { prometheusText } from "./prometheus-text.js";
import type { Sample } from "./sample.js";

const gauge = (labels: Record<string, string>, value: number): Sample => ({
  name: "a_gauge",
  help: "It goes up and down.",
  kind: "gauge",
  labels,
  value,
});

describe("prometheusText", () => {
  it("writes the series of one name together, whoever gave them", () => {
    const other: Sample = { name: "b_total", help: "It grows.", kind: "counter", value: 2 };
    expect(prometheusText([gauge({ of: "x" }, 1), other, gauge({ of: "y" }, 0.25)])).toBe(
      [
        "# HELP a_gauge It goes up and down.",
        "# TYPE a_gauge gauge",
        'a_gauge{of="x"} 1',
        'a_gauge{of="y"} 0.25',
        "# HELP b_total It grows.",
        "# TYPE b_total counter",
        "b_total 2",
        "",
      ].join("\n"),
    );
  });

  it("writes a histogram cumulatively", () => {
    const labels = { method: "Say" };
    const counts = new Float64Array([1, 0, 3]);
    const text = prometheusText([
      { name: "d_seconds", help: "How long.", kind: "histogram", labels, bounds: [0.5, 1], counts, sum: 9.5 },
    ]);
    expect(text).toBe(
      [
        "# HELP d_seconds How long.",
        "# TYPE d_seconds histogram",
        'd_seconds_bucket{method="Say",le="0.5"} 1',
        'd_seconds_bucket{method="Say",le="1"} 1',
        'd_seconds_bucket{method="Say",le="+Inf"} 4',
        'd_seconds_sum{method="Say"} 9.5',
        'd_seconds_count{method="Say"} 4',
        "",
      ].join("\n"),
    );
  });

  it("escapes what would end a line or a label", () => {
    const sample: Sample = { name: "x", help: "a\\b\nc", kind: "gauge", labels: { l: 'q"\\\n' }, value: 1 };
    expect(prometheusText([sample])).toBe('# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{l="q\\"\\\\\\n"} 1\n');
  });

  it.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [1e21, "1e+21"],
  ])("writes %d as %s", (value, text) => {
    expect(prometheusText([gauge({}, value)])).toContain(`a_gauge ${text}\n`);
  });

  it("refuses names that would break the page", () => {
    expect(() => prometheusText([{ name: "a b", help: "", kind: "gauge", value: 1 }])).toThrow(TypeError);
    expect(() => prometheusText([gauge({ "a-b": "" }, 1)])).toThrow('"a-b" is no name of a label');
  });

  it("refuses one name for two kinds", () => {
    const counter: Sample = { name: "a_gauge", help: "", kind: "counter", value: 1 };
    expect(() => prometheusText([gauge({}, 1), counter])).toThrow("a_gauge is of two kinds");
  });
});
