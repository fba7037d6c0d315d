import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { Ignore } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { allOf, type Check } from "./check.js";
import { holdsNulText } from "./nul-text.js";
import { isZeroScalar, isZeroValue } from "./presence.js";
import { noRules, type SplitRules } from "./split-rules.js";

/** Compiles a message type, or finds what it has been compiled to; undefined where nothing can be wrong with its messages. */
export type CompileMessage = (desc: DescMessage) => Check | undefined;

/** The check for the value of a field that is to be evaluated; undefined where every value will do. */
export function valueCheck(field: DescField, rules: SplitRules, compile: CompileMessage): Check | undefined {
  switch (field.fieldKind) {
    case "list":
      return allOf([...checksOf(rules), ...some(eachItem(itemCheck(field, rules, compile)))]);
    case "map":
      return allOf([...checksOf(rules), ...some(mapCheck(field, rules, compile))]);
    case "message":
      return messageCheck(field, rules, compile);
    default:
      return scalarCheck(field.scalar, rules);
  }
}

/** The check for a value that the contract wants no rules evaluated of: only what holds for all texts. */
export function textCheck(field: DescField): Check | undefined {
  return valueCheck(field, noRules(), (desc) => isFreeOfNul(desc));
}

/** No text of ours holds a NUL character, whatever the contract says of it. */
const hasNoNul: Check = (text) => !(text as string).includes("\0");

function isFreeOfNul(desc: DescMessage): Check {
  const holdsNul = holdsNulText(desc);
  return (value) => !holdsNul(value);
}

function scalarCheck(scalar: ScalarType | undefined, rules: SplitRules): Check | undefined {
  return allOf([...(scalar === ScalarType.STRING ? [hasNoNul] : []), ...checksOf(rules)]);
}

function messageCheck(
  field: DescField & { readonly message: DescMessage },
  rules: SplitRules,
  compile: CompileMessage,
): Check | undefined {
  const { message } = field;
  if (isWrapperDesc(message)) {
    const check = scalarCheck(message.fields[0]?.scalar, rules);
    // Singular fields outside of oneofs hold what is wrapped.
    if (field.fieldKind === "message" && !field.oneof) return check;
    return check && ((wrapper) => check((wrapper as { readonly value: unknown }).value));
  }
  // Fields of google.protobuf.Struct hold plain JSON.
  const inside = message.typeName === "google.protobuf.Struct" ? isFreeOfNul(message) : compile(message);
  return allOf([...some(inside), ...checksOf(rules)]);
}

function itemCheck(
  field: DescField & { readonly fieldKind: "list" },
  { parts }: SplitRules,
  compile: CompileMessage,
): Check | undefined {
  const rules = parts.items ?? noRules();
  if (field.listKind === "message") return partCheck(field, rules, compile);
  return unlessIgnored(rules, isZeroValue(field), scalarCheck(field.scalar, rules), field.scalar);
}

function mapCheck(
  field: DescField & { readonly fieldKind: "map" },
  { parts }: SplitRules,
  compile: CompileMessage,
): Check | undefined {
  const keyRules = parts.keys ?? noRules();
  const key = unlessIgnored(
    keyRules,
    isZeroScalar(field.mapKey),
    scalarCheck(field.mapKey, keyRules),
    field.mapKey,
  );
  const rules = parts.values ?? noRules();
  const value =
    field.mapKind === "message"
      ? partCheck(field, rules, compile)
      : unlessIgnored(rules, isZeroValue(field), scalarCheck(field.scalar, rules), field.scalar);
  return eachEntry(key && keyAsValue(field.mapKey, key), value);
}

function partCheck(
  field: DescField & { readonly message: DescMessage },
  rules: SplitRules,
  compile: CompileMessage,
): Check | undefined {
  return rules.ignore === Ignore.ALWAYS
    ? messageCheck(field, noRules(), isFreeOfNul)
    : messageCheck(field, rules, compile);
}

function unlessIgnored(
  { ignore }: SplitRules,
  isZero: (value: unknown) => boolean,
  check: Check | undefined,
  scalar: ScalarType | undefined,
): Check | undefined {
  switch (ignore) {
    case Ignore.ALWAYS:
      return scalarCheck(scalar, noRules());
    case Ignore.IF_ZERO_VALUE:
      return check && ((value) => isZero(value) || check(value));
    default:
      return check;
  }
}

function eachItem(check: Check | undefined): Check | undefined {
  if (!check) return undefined;
  return (value) => {
    const items = value as readonly unknown[];
    for (let index = 0; index < items.length; index += 1) {
      if (!check(items[index])) return false;
    }
    return true;
  };
}

function eachEntry(checkKey: Check | undefined, checkValue: Check | undefined): Check | undefined {
  if (!checkKey && !checkValue) return undefined;
  return (value) => {
    const entries = value as Readonly<Record<string, unknown>>;
    for (const key in entries) {
      if (checkKey && !checkKey(key)) return false;
      if (checkValue && !checkValue(entries[key])) return false;
    }
    return true;
  };
}

/** Keys are texts in a message, whatever the contract makes of them. */
function keyAsValue(scalar: ScalarType, check: Check): Check {
  switch (scalar) {
    case ScalarType.STRING:
      return check;
    case ScalarType.BOOL:
      return (key) => check(key === "true");
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return (key) => check(BigInt(key as string));
    default:
      return (key) => check(Number(key));
  }
}

function checksOf({ checks }: SplitRules): readonly Check[] {
  return checks as readonly Check[];
}

function some(check: Check | undefined): readonly Check[] {
  return check ? [check] : [];
}
