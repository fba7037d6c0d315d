import type { Check } from "../check.js";
import { within } from "./number-rules.js";
import type { Rule } from "./rule.js";

/** What google.protobuf.Duration and google.protobuf.Timestamp are made of. */
export interface Span {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** The rules that durations and timestamps have in common. */
export interface SpanRules {
  readonly const?: Span;
  readonly lessThan: { readonly case: string | undefined; readonly value?: Span | boolean };
  readonly greaterThan: { readonly case: string | undefined; readonly value?: Span | boolean };
}

/**
 * The rules that durations and timestamps have in common. What is not `isSound`, e.g. a duration whose nanoseconds are more than a second,
 * has no place in their order; the library says what is to be thought of it.
 */
export function spanRules(isSound: Check<Span>) {
  const range: Rule<SpanRules, Span> = ({ lessThan, greaterThan }) => {
    const lower = bound(greaterThan, "gt", "gte");
    const upper = bound(lessThan, "lt", "lte");
    if (![lower, upper].every((it) => !it || isSound(it.value))) return undefined;
    const turned = lower !== undefined && upper !== undefined && compare(lower.value, upper.value) > 0;
    const isWithin = within<Span>(above(lower), below(upper), turned);
    return isWithin && ((value) => isSound(value) && isWithin(value));
  };
  const equals: Rule<SpanRules, Span> = ({ const: only }) => {
    if (!only || !isSound(only)) return undefined;
    return (value) => isSound(value) && compare(value, only) === 0;
  };
  return { const: equals, lt: range, lte: range, gt: range, gte: range };
}

interface Bound {
  readonly value: Span;
  readonly included: boolean;
}

/** Undefined where the side has none, or one of another kind. */
function bound(side: SpanRules["lessThan"], open: string, closed: string): Bound | undefined {
  if (typeof side.value !== "object" || (side.case !== open && side.case !== closed)) return undefined;
  return { value: side.value, included: side.case === closed };
}

function above(lower: Bound | undefined): Check<Span> | undefined {
  if (!lower) return undefined;
  const { value: least, included } = lower;
  return included ? (value) => compare(value, least) >= 0 : (value) => compare(value, least) > 0;
}

function below(upper: Bound | undefined): Check<Span> | undefined {
  if (!upper) return undefined;
  const { value: most, included } = upper;
  return included ? (value) => compare(value, most) <= 0 : (value) => compare(value, most) < 0;
}

/** Less than zero where `a` comes first. */
export function compare(a: Span, b: Span): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.nanos - b.nanos;
}
