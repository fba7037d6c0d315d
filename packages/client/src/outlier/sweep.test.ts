import { describe, expect, it } from "@jest/globals";
import { OUTLIER_DEFAULTS } from "./outlier-policy.js";
import { OutlierRecord } from "./outlier-record.js";
import { type Suspect, sweep } from "./sweep.js";

const POLICY = { ...OUTLIER_DEFAULTS, maxEjectedShare: 0.5 };

const endpoint = (key: string, successes: number, failures: number): Suspect => ({
  key,
  successes,
  failures,
  ejectedAtMs: undefined,
  ejections: 0,
});
const good = (...keys: string[]) => keys.map((key) => endpoint(key, 100, 0));
const ejectedOf = (suspects: readonly Suspect[], policy = POLICY) =>
  sweep(suspects, 1_000, policy)
    .filter(({ ejectedAtMs }) => ejectedAtMs !== undefined)
    .map(({ key }) => key);

describe("ejection by failure share", () => {
  it("ejects an endpoint above the threshold", () => {
    expect(ejectedOf([...good("a", "b"), endpoint("c", 14, 86)])).toEqual(["c"]);
    expect(ejectedOf([...good("a", "b"), endpoint("c", 15, 85)])).toEqual([]);
  });

  it("needs enough calls, and enough endpoints that had them", () => {
    expect(ejectedOf([...good("a", "b"), endpoint("c", 0, 49)])).toEqual([]);
    expect(ejectedOf([endpoint("a", 10, 0), endpoint("c", 0, 100)])).toEqual([]);
    expect(ejectedOf([endpoint("only", 0, 100)])).toEqual([]);
  });
});

describe("ejection by success rate", () => {
  it("ejects what falls far below the mean of at least five", () => {
    const suspects = [...good("a", "b", "c", "d"), endpoint("e", 60, 40)];
    expect(ejectedOf(suspects)).toEqual(["e"]);
    expect(ejectedOf(suspects.slice(1))).toEqual([]);
  });

  it("ejects nobody where all do equally badly", () => {
    expect(ejectedOf(["a", "b", "c", "d", "e"].map((key) => endpoint(key, 50, 50)))).toEqual([]);
  });
});

describe("the share that may be ejected", () => {
  it("bounds ejections, but always allows one", () => {
    const bad = ["x", "y", "z"].map((key) => endpoint(key, 0, 100));
    expect(ejectedOf([...good("a"), ...bad])).toEqual(["x", "y"]);
    expect(ejectedOf([...good("a"), ...bad], OUTLIER_DEFAULTS)).toEqual(["x"]);
  });

  it("counts those that are out already", () => {
    const out = { ...endpoint("x", 0, 0), ejectedAtMs: 900, ejections: 1 };
    expect(ejectedOf([out, ...good("a", "b"), endpoint("y", 0, 100)], OUTLIER_DEFAULTS)).toEqual(["x"]);
  });
});

describe("the end of an ejection", () => {
  const out = (ejections: number) => ({ ...endpoint("x", 0, 0), ejectedAtMs: 0, ejections });
  const isOut = (ejections: number, nowMs: number) =>
    sweep([out(ejections), ...good("a", "b")], nowMs, POLICY)[0]?.ejectedAtMs !== undefined;

  it("comes after the base time for each ejection in a row, up to the longest", () => {
    expect(isOut(1, 29_999)).toBe(true);
    expect(isOut(1, 30_000)).toBe(false);
    expect(isOut(3, 89_999)).toBe(true);
    expect(isOut(3, 90_000)).toBe(false);
    expect(isOut(100, 299_999)).toBe(true);
    expect(isOut(100, 300_000)).toBe(false);
  });

  it("is forgiven by sweeps without another one", () => {
    const forgiven = sweep([{ ...endpoint("x", 100, 0), ejections: 2 }], 0, POLICY);
    expect(forgiven[0]?.ejections).toBe(1);
    expect(sweep(good("x"), 0, POLICY)[0]?.ejections).toBe(0);
  });
});

describe("OutlierRecord", () => {
  it("counts from 0 after each sweep, and keeps its sentence", () => {
    const record = new OutlierRecord();
    for (const verdict of ["success", "failure", "failure", "nothing"] as const) record.count(verdict);
    expect(record.read("x")).toMatchObject({ key: "x", successes: 1, failures: 2 });
    record.apply({ key: "x", ejectedAtMs: 5, ejections: 1 });
    expect(record.ejected).toBe(true);
    expect(record.read("x")).toEqual({ key: "x", successes: 0, failures: 0, ejectedAtMs: 5, ejections: 1 });
  });
});
