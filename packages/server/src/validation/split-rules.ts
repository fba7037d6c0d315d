import { clearField, clone, create, type DescField, isFieldSet, type Message } from "@bufbuild/protobuf";
import {
  type FieldRules,
  FieldRulesSchema,
  Ignore,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Check } from "./check.js";
import { refuseUnknown, refuseUnreadable } from "./contract-fault.js";
import { isPredefined } from "./library.js";
import { ruleTables } from "./rule-tables.js";
import { NO_RULE, PARTS, type RuleTable } from "./rules/rule.js";

/** The rules of a value, parted into those that are compiled and those that are left to the library. */
export interface SplitRules {
  readonly ignore: Ignore;
  readonly isRequired: boolean;
  readonly checks: readonly Check<never>[];
  /** Those of its parts, where it has parts with rules. */
  readonly parts: { readonly items?: SplitRules; readonly keys?: SplitRules; readonly values?: SplitRules };
  /** The rules without those that are compiled. */
  readonly left: FieldRules;
  /** Whether `left` says anything. */
  readonly isLeft: boolean;
}

/** The rules of one kind, e.g. buf.validate.StringRules. */
type Standing = FieldRules["type"]["value"] & Message;
type Parts = { -readonly [Name in keyof SplitRules["parts"]]: SplitRules };

/** @throws ContractFault for a rule that nobody knows */
export function splitRules(rules: FieldRules, field: DescField): SplitRules {
  refuseUnknown(field, rules);
  refuseUnreadable(field, rules);
  const left = clone(FieldRulesSchema, rules);
  clearField(left, FieldRulesSchema.field.required);
  const hasCel = rules.cel.length > 0 || rules.celExpression.length > 0;
  const own = { ignore: rules.ignore, isRequired: rules.required, left };
  if (rules.type.case === undefined) return { ...own, checks: [], parts: {}, isLeft: hasCel };
  const standing = rules.type.value as Standing;
  refuseUnknown(field, standing, (number) => isPredefined(field.parent.file, standing, number));
  const { name, message } = FieldRulesSchema.field[rules.type.case] as DescField & { fieldKind: "message" };
  const claimed = claim(standing, left.type.value as Standing, {
    names: message.fields,
    table: tableFor(name, standing, field),
    field,
  });
  return { ...own, ...claimed, isLeft: hasCel || claimed.isLeft };
}

/** No rules. */
export function noRules(): SplitRules {
  return {
    ignore: Ignore.UNSPECIFIED,
    isRequired: false,
    checks: [],
    parts: {},
    left: create(FieldRulesSchema),
    isLeft: false,
  };
}

/** Empty, so that all is left to the library, where predefined rules may refer to the others, or numbers are kept as texts. */
function tableFor(
  name: string,
  rules: { readonly $unknown?: readonly unknown[] | undefined },
  field: DescField,
): RuleTable<never, never> {
  const isText = "longAsString" in field && field.longAsString;
  return (!isText && !rules.$unknown?.length && ruleTables[name]) || {};
}

interface Kind {
  readonly names: readonly DescField[];
  readonly table: RuleTable<never, never>;
  readonly field: DescField;
}

/** Takes out of `left` what it compiles of `rules`. */
function claim(
  rules: Standing,
  left: Standing,
  { names, table, field }: Kind,
): Pick<SplitRules, "checks" | "parts" | "isLeft"> {
  const checks = new Map<unknown, Check<never>>();
  const parts: Parts = {};
  let isLeft = (rules.$unknown?.length ?? 0) > 0;
  for (const rule of names.filter((it) => isFieldSet(rules, it))) {
    const means = table[rule.name];
    if (means === PARTS) {
      const part = splitRules(memberOf(rules, rule) as FieldRules, field);
      parts[rule.name as keyof Parts] = part;
      Object.assign(left, { [rule.localName]: part.left });
      isLeft ||= part.isLeft;
    } else if (means === NO_RULE) {
      clearField(left, rule);
    } else {
      // Several rules that make one check, e.g. two bounds, make it once.
      const check =
        typeof means === "function" ? (checks.get(means) ?? means(rules as never, field)) : undefined;
      if (check) {
        checks.set(means, check);
        clearField(left, rule);
      } else isLeft = true;
    }
  }
  return { checks: [...checks.values()], parts, isLeft };
}

function memberOf(rules: Message, { localName }: DescField): unknown {
  return (rules as unknown as Record<string, unknown>)[localName];
}
