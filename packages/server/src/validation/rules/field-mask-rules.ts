import type { FieldMask } from "@bufbuild/protobuf/wkt";
import type { FieldMaskRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { LIBRARY, NO_RULE, type RuleTable } from "./rule.js";

export const fieldMaskRules: RuleTable<FieldMaskRules, FieldMask> = {
  const: LIBRARY,
  in: (rules) => (mask) => mask.paths.every((path) => isCovered(path, rules.in)),
  not_in: (rules) => (mask) => !mask.paths.some((path) => isCovered(path, rules.notIn)),
  example: NO_RULE,
};

/** A listed path covers itself and all that lies below it. */
function isCovered(path: string, listed: readonly string[]): boolean {
  return listed.some((it) => path.startsWith(it) && (path.length === it.length || path[it.length] === "."));
}
