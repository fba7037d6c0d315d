import {
  clearField,
  clone,
  type DescField,
  type DescMessage,
  getOption,
  isFieldSet,
} from "@bufbuild/protobuf";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  Ignore,
  type MessageOneofRule,
  type MessageRules,
  MessageRulesSchema,
  message as messageRules,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { allOf, anything, type Check } from "./check.js";
import { refuseUnknown, refuseUnreadable } from "./contract-fault.js";
import { isImplicit, type Members, readIfSet } from "./presence.js";
import { type SplitRules, splitRules } from "./split-rules.js";
import { textCheck, valueCheck } from "./value-check.js";

/** A message type whose rules are parted into a check and what is left to the library. */
export interface CompiledMessage {
  /** Undefined where nothing can be wrong with its messages. */
  readonly check: Check | undefined;
  readonly left: LeftRules;
  /** The types of the messages in it that `check` and the library look into. */
  readonly holds: ReadonlySet<DescMessage>;
}

/** What is left of the rules of a message type when the compiled ones are taken out. */
export interface LeftRules {
  readonly ofMessage: MessageRules;
  readonly ofFields: ReadonlyMap<DescField, FieldRules>;
  /** Whether they say anything. */
  readonly isLeft: boolean;
}

const compiled = new WeakMap<DescMessage, CompiledMessage>();
/** Checks for the types that are being compiled, to be used by what they hold. */
const begun = new Map<DescMessage, Check>();

/**
 * Compiles a message type and all that it holds, each once.
 *
 * @throws ContractFault for a rule that nobody knows
 */
export function compileMessage(desc: DescMessage): CompiledMessage {
  const known = compiled.get(desc);
  if (known) return known;
  // A message may hold itself. Until it is known how it is checked, only the library can tell.
  let check: Check = () => false;
  begun.set(desc, (message) => check(message));
  try {
    const made = compile(desc);
    check = made.check ?? anything;
    compiled.set(desc, made);
    return made;
  } finally {
    begun.delete(desc);
  }
}

function compile(desc: DescMessage): CompiledMessage {
  const rules = getOption(desc, messageRules);
  refuseUnknown(desc, rules);
  refuseUnreadable(desc, rules);
  const holds = new Set<DescMessage>();
  const inside = (held: DescMessage) => {
    holds.add(held);
    return begun.get(held) ?? compileMessage(held).check;
  };
  const splits = new Map(desc.fields.map((field) => [field, split(field, rules.oneof)]));
  const checks = [
    ...[...splits].flatMap(([field, it]) => fieldCheck(field, it, inside) ?? []),
    ...rules.oneof.map((rule) => oneofCheck(desc, rule)),
    ...requiredOneofs(desc),
  ];
  return { check: allOf(checks as Check[]), left: leftOf(rules, splits), holds };
}

function leftOf(rules: MessageRules, splits: ReadonlyMap<DescField, SplitRules>): LeftRules {
  const ofMessage = clone(MessageRulesSchema, rules);
  clearField(ofMessage, MessageRulesSchema.field.oneof);
  const hasCel = rules.cel.length > 0 || rules.celExpression.length > 0;
  return {
    ofMessage,
    ofFields: new Map([...splits].map(([field, it]) => [field, it.left])),
    isLeft: hasCel || [...splits.values()].some((it) => it.isLeft),
  };
}

function split(field: DescField, oneofs: readonly MessageOneofRule[]): SplitRules {
  const rules = getOption(field, fieldRules);
  const isMember = oneofs.some((it) => it.fields.includes(field.name));
  // Members of a oneof by rule are unset while they have their zero value.
  if (isMember && !isFieldSet(rules, FieldRulesSchema.field.ignore)) rules.ignore = Ignore.IF_ZERO_VALUE;
  return splitRules(rules, field);
}

function fieldCheck(
  field: DescField,
  rules: SplitRules,
  inside: (held: DescMessage) => Check | undefined,
): Check<Members> | undefined {
  const isIgnored = rules.ignore === Ignore.ALWAYS;
  const isRequired = rules.isRequired && !isIgnored;
  const check = isIgnored ? textCheck(field) : valueCheck(field, rules, inside);
  if (!check && !isRequired) return undefined;
  if (check && !isRequired && isImplicit(field) && rules.ignore !== Ignore.IF_ZERO_VALUE) {
    const { localName: name } = field;
    return (message) => check(message[name]);
  }
  return ifSet(readIfSet(field), check, isRequired);
}

function ifSet(
  read: (message: Members) => unknown,
  check: Check | undefined,
  isRequired: boolean,
): Check<Members> {
  return (message) => {
    const value = read(message);
    return value === undefined ? !isRequired : check === undefined || check(value);
  };
}

/** `buf.validate.MessageRules.oneof`: at most one of the fields is set, or exactly one. */
function oneofCheck(desc: DescMessage, rule: MessageOneofRule): Check<Members> {
  refuseUnknown(desc, rule);
  const fields = desc.fields.filter((it) => rule.fields.includes(it.name)).map((it) => readIfSet(it));
  const least = rule.required ? 1 : 0;
  return (message) => {
    let set = 0;
    for (let index = 0; index < fields.length; index += 1) {
      if ((fields[index] as (message: Members) => unknown)(message) !== undefined) set += 1;
    }
    return set >= least && set <= 1;
  };
}

function requiredOneofs(desc: DescMessage): Check<Members>[] {
  return desc.oneofs.flatMap((oneof) => {
    const rules = getOption(oneof, oneofRules);
    refuseUnknown(oneof, rules);
    const { localName: name } = oneof;
    return rules.required ? (message) => (message[name] as { case?: string }).case !== undefined : [];
  });
}
