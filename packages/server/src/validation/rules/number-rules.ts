import type { Check } from "../check.js";
import { isNoneOf, isOneOf } from "./list-membership.js";
import { NO_RULE, type Rule, type RuleTable } from "./rule.js";

/** What the rules of all twelve kinds of numbers have in common. */
interface NumberRules<Value> {
  readonly const: Value;
  readonly lessThan: { readonly case: "lt" | "lte"; readonly value: Value } | Unset;
  readonly greaterThan: { readonly case: "gt" | "gte"; readonly value: Value } | Unset;
  readonly in: readonly Value[];
  readonly notIn: readonly Value[];
}
interface Unset {
  readonly case: undefined;
  readonly value?: undefined;
}

function rulesFor<Value extends number | bigint>() {
  const range: Rule<NumberRules<Value>, Value> = ({ greaterThan, lessThan }) => {
    const bounds = [greaterThan.value, lessThan.value];
    // Nothing lies above or below NaN.
    if (bounds.some((it) => Number.isNaN(it))) return undefined;
    return within(above(greaterThan), below(lessThan), isTurned(greaterThan.value, lessThan.value));
  };
  return {
    const: (rules) => (value) => value === rules.const,
    gt: range,
    gte: range,
    lt: range,
    lte: range,
    in: (rules) => isOneOf(rules.in),
    not_in: (rules) => isNoneOf(rules.notIn),
    example: NO_RULE,
  } satisfies RuleTable<NumberRules<Value>, Value>;
}

function above<Value>(bound: NumberRules<Value>["greaterThan"]): Check<Value> | undefined {
  if (bound.case === undefined) return undefined;
  const { value: least } = bound;
  return bound.case === "gt" ? (value) => value > least : (value) => value >= least;
}

function below<Value>(bound: NumberRules<Value>["lessThan"]): Check<Value> | undefined {
  if (bound.case === undefined) return undefined;
  const { value: most } = bound;
  return bound.case === "lt" ? (value) => value < most : (value) => value <= most;
}

/** A lower bound above the upper one means all that is outside of both. */
function isTurned<Value extends number | bigint>(
  lower: Value | undefined,
  upper: Value | undefined,
): boolean {
  return lower !== undefined && upper !== undefined && lower > upper;
}

/** A check for one or two bounds. */
export function within<Value>(
  isAbove: Check<Value> | undefined,
  isBelow: Check<Value> | undefined,
  turned: boolean,
): Check<Value> | undefined {
  if (!isAbove || !isBelow) return isAbove ?? isBelow;
  return turned ? (value) => isAbove(value) || isBelow(value) : (value) => isAbove(value) && isBelow(value);
}

/** Rules for the kinds that fit into a number and have no fraction. */
export const integerRules = rulesFor<number>();
/** Rules for the kinds of 64 bits. */
export const bigintRules = rulesFor<bigint>();
/** Rules for float and double. */
export const floatRules: RuleTable<NumberRules<number> & { readonly finite: boolean }, number> = {
  ...rulesFor<number>(),
  finite: (rules) => (value) => !rules.finite || Number.isFinite(value),
};
