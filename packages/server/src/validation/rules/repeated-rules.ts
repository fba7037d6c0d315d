import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { RepeatedRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { anything } from "../check.js";
import { PARTS, type RuleTable } from "./rule.js";

type Items = readonly unknown[];

/** Up to this many items are compared each with each, which needs no memory. */
const FEW_ITEMS = 16;

export const repeatedRules: RuleTable<RepeatedRules, Items> = {
  min_items: (rules) => {
    const least = Number(rules.minItems);
    return (items) => items.length >= least;
  },
  max_items: (rules) => {
    const most = Number(rules.maxItems);
    return (items) => items.length <= most;
  },
  unique: (rules, field) => {
    if (!rules.unique) return anything;
    return hasPlainItems(field) ? areUnique : undefined;
  },
  items: PARTS,
};

/** Messages and bytes are equal by their content, which the library compares. */
function hasPlainItems(field: DescField): boolean {
  if (field.fieldKind !== "list") return false;
  return field.listKind === "enum" || (field.listKind === "scalar" && field.scalar !== ScalarType.BYTES);
}

/** NaN is equal to nothing for the library, but to itself for a set; the library is asked about long lists of it. */
function areUnique(items: Items): boolean {
  if (items.length > FEW_ITEMS) return new Set(items).size === items.length;
  for (let index = 1; index < items.length; index += 1) {
    const first = items.indexOf(items[index]);
    if (first >= 0 && first < index) return false;
  }
  return true;
}
