import { describe, expect, it } from "@jest/globals";
import { parseMetrics } from "./parse-metrics.js";

describe("parseMetrics", () => {
  it.each([
    ["up 1", "up", {}, 1],
    ['a_total{service="x.v1.S",code="ok"} 12.5', "a_total", { service: "x.v1.S", code: "ok" }, 12.5],
    ['b{le="+Inf"} 3', "b", { le: "+Inf" }, 3],
    ["c +Inf", "c", {}, Number.POSITIVE_INFINITY],
    ["d -Inf", "d", {}, Number.NEGATIVE_INFINITY],
    ["e NaN", "e", {}, Number.NaN],
    ['f{l="a\\"b\\\\c\\nd,}"} 1e-7', "f", { l: 'a"b\\c\nd,}' }, 1e-7],
    ["g 1 1700000000000", "g", {}, 1],
    ["h{} 1", "h", {}, 1],
  ])("reads %s", (line, name, labels, value) => {
    expect(parseMetrics(`${line}\n`)).toEqual([{ name, labels, value }]);
  });

  it("passes over comments, empty lines and what is no metric", () => {
    expect(parseMetrics("# HELP x y\n# TYPE x gauge\n\n<html>\nx\n")).toEqual([]);
  });
});
