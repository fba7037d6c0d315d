import type { TimestampRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { anything } from "../check.js";
import { isSoundDuration } from "./duration-rules.js";
import { NO_RULE, type RuleTable } from "./rule.js";
import { type Span, type SpanRules, spanRules } from "./time-bounds.js";

/** 0001-01-01T00:00:00Z, the first one that a google.protobuf.Timestamp may be. */
const MIN_SECONDS = -62_135_596_800n;
/** 9999-12-31T23:59:59Z, the last one. */
const MAX_SECONDS = 253_402_300_799n;

export const timestampRules: RuleTable<TimestampRules & SpanRules, Span> = {
  ...spanRules(isSound),
  lt_now: ({ lessThan }) =>
    lessThan.value ? (value) => isSound(value) && millis(value) <= Date.now() : anything,
  gt_now: ({ greaterThan }) =>
    greaterThan.value ? (value) => isSound(value) && millis(value) >= Date.now() : anything,
  within: ({ within }) => {
    // CEL has neither longer ones nor instants that far away.
    if (!within || !isSoundDuration(within)) return undefined;
    const most = millis(within);
    return (value) => isSound(value) && Math.abs(millis(value) - Date.now()) <= most;
  },
  example: NO_RULE,
};

function millis({ seconds, nanos }: Span): number {
  return Number(seconds) * 1_000 + nanos / 1_000_000;
}

function isSound({ seconds, nanos }: Span): boolean {
  return seconds >= MIN_SECONDS && seconds <= MAX_SECONDS && nanos >= 0 && nanos <= 999_999_999;
}
