import type { BoolRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { NO_RULE, type RuleTable } from "./rule.js";

export const boolRules: RuleTable<BoolRules, boolean> = {
  const: (rules) => (value) => value === rules.const,
  example: NO_RULE,
};
