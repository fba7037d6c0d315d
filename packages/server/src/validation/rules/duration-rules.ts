import type { DurationRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { NO_RULE, type RuleTable } from "./rule.js";
import { compare, type Span, type SpanRules, spanRules } from "./time-bounds.js";

/** What 64 bits of nanoseconds hold; CEL has no longer ones. */
const MAX_SECONDS = 9_223_372_035n;
const MAX_NANOS = 999_999_999;

export const durationRules: RuleTable<DurationRules & SpanRules, Span> = {
  ...spanRules(isSoundDuration),
  in: (rules) => {
    if (!rules.in.every(isSoundDuration)) return undefined;
    return (value) => isSoundDuration(value) && rules.in.some((it) => compare(value, it) === 0);
  },
  not_in: (rules) => {
    if (!rules.notIn.every(isSoundDuration)) return undefined;
    return (value) => isSoundDuration(value) && !rules.notIn.some((it) => compare(value, it) === 0);
  },
  example: NO_RULE,
};

/** Whether the library takes a duration for one: short enough, and its seconds and nanoseconds do not differ in their sign. */
export function isSoundDuration({ seconds, nanos }: Span): boolean {
  if (seconds < -MAX_SECONDS || seconds > MAX_SECONDS) return false;
  if (nanos < -MAX_NANOS || nanos > MAX_NANOS) return false;
  return seconds === 0n || nanos === 0 || seconds > 0n === nanos > 0;
}
