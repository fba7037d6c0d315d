import type { DescField } from "@bufbuild/protobuf";
import type { Check } from "../check.js";

/** The rule is the library's to judge: it is rare, or costs more than it saves. */
export const LIBRARY = "library";
/** Says nothing about the value by itself: an example, or what another rule reads. */
export const NO_RULE = "no rule";
/** Rules for the parts of the value, which are compiled like those of a field. */
export const PARTS = "parts";

/**
 * Makes the check for a rule out of all the rules that stand with it, for bounds belong together. Undefined where what the rule says is
 * nothing that it can compile; the rule is the library's then.
 */
export type Rule<Rules, Value> = (rules: Rules, field: DescField) => Check<Value> | undefined;

/** What becomes of each rule of a kind, by its name in protovalidate. One that is not in the table is the library's. */
export type RuleTable<Rules, Value> = Readonly<
  Record<string, Rule<Rules, Value> | typeof LIBRARY | typeof NO_RULE | typeof PARTS>
>;
