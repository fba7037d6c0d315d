import { describe, expect, it } from "@jest/globals";
import { childTraceparent, formatTraceparent, parseTraceparent } from "./traceparent.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("parseTraceparent", () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`01-${TRACE}-${SPAN}-01`, true],
    [`01-${TRACE}-${SPAN}-01-what-is-yet-to-come`, true],
  ])("reads %s", (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  it.each([
    [undefined],
    [null],
    [""],
    ["00"],
    [`ff-${TRACE}-${SPAN}-01`],
    [`00-${TRACE}-${SPAN}-01-more`],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`],
    [`00-${"0".repeat(32)}-${SPAN}-01`],
    [`00-${TRACE}-${"0".repeat(16)}-01`],
    [`00-${TRACE}-${SPAN}`],
    [`01-${TRACE}-${SPAN}-01-${"x".repeat(1_000)}`],
  ])("ignores %p", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe("childTraceparent", () => {
  it("stays in the trace under a new span", () => {
    const child = parseTraceparent(childTraceparent(`00-${TRACE}-${SPAN}-01`));
    expect(child).toMatchObject({ traceId: TRACE, sampled: true });
    expect(child?.spanId).not.toBe(SPAN);
  });

  it("starts a trace where there is none", () => {
    const first = parseTraceparent(childTraceparent("nonsense"));
    expect(first).toMatchObject({ sampled: false });
    expect(parseTraceparent(childTraceparent(undefined))?.traceId).not.toBe(first?.traceId);
  });
});

it("formatTraceparent writes what parseTraceparent reads", () => {
  const header = `00-${TRACE}-${SPAN}-01`;
  expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: true })).toBe(header);
});
