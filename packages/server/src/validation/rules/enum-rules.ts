import type { EnumRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { anything } from "../check.js";
import { isNoneOf, isOneOf } from "./list-membership.js";
import { NO_RULE, type RuleTable } from "./rule.js";

export const enumRules: RuleTable<EnumRules, number> = {
  const: (rules) => (value) => value === rules.const,
  defined_only: (rules, field) => {
    if (!rules.definedOnly) return anything;
    return field.enum && isOneOf(field.enum.values.map((it) => it.number));
  },
  in: (rules) => isOneOf(rules.in),
  not_in: (rules) => isNoneOf(rules.notIn),
  example: NO_RULE,
};
