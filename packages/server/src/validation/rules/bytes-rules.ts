import type { BytesRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { anything } from "../check.js";
import { LIBRARY, NO_RULE, type Rule, type RuleTable } from "./rule.js";

export const bytesRules: RuleTable<BytesRules, Uint8Array> = {
  const: (rules) => (value) => isSame(value, rules.const),
  len: (rules) => {
    const length = Number(rules.len);
    return (value) => value.length === length;
  },
  min_len: (rules) => {
    const least = Number(rules.minLen);
    return (value) => value.length >= least;
  },
  max_len: (rules) => {
    const most = Number(rules.maxLen);
    return (value) => value.length <= most;
  },
  pattern: LIBRARY,
  prefix: (rules) => (value) => liesAt(value, rules.prefix, 0),
  suffix: (rules) => (value) => liesAt(value, rules.suffix, value.length - rules.suffix.length),
  contains: LIBRARY,
  in: (rules) => (value) => rules.in.some((it) => isSame(value, it)),
  not_in: (rules) => (value) => !rules.notIn.some((it) => isSame(value, it)),
  ip: sized(4, 16),
  ipv4: sized(4),
  ipv6: sized(16),
  uuid: sized(16),
  example: NO_RULE,
};

function sized(...sizes: readonly number[]): Rule<BytesRules, Uint8Array> {
  return ({ wellKnown }) => (wellKnown.value ? (value) => sizes.includes(value.length) : anything);
}

function isSame(value: Uint8Array, other: Uint8Array): boolean {
  return value.length === other.length && liesAt(value, other, 0);
}

function liesAt(value: Uint8Array, part: Uint8Array, start: number): boolean {
  if (start < 0 || part.length > value.length) return false;
  for (let index = 0; index < part.length; index += 1) {
    if (value[start + index] !== part[index]) return false;
  }
  return true;
}
