import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";

/** A message by the names of its members, as generated code has them. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a field has no presence of its own, so that it is unset while it has its zero value. */
export function isImplicit(field: DescField): boolean {
  return field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

/** Reads a field; undefined where it is not set, which for a field without presence means that it has its zero value. */
export function readIfSet(field: DescField): (message: Members) => unknown {
  const name = field.localName;
  if (field.oneof) return readMember(field.oneof.localName, name);
  // Unset fields with presence may show a default that they inherit, but messages do not.
  if (field.fieldKind === "message") return (message) => message[name] ?? undefined;
  if (!isImplicit(field)) return (message) => (Object.hasOwn(message, name) ? message[name] : undefined);
  const isZero = zeroOf(field);
  return (message) => {
    const value = message[name];
    return isZero(value) ? undefined : value;
  };
}

function readMember(oneof: string, name: string): (message: Members) => unknown {
  return (message) => {
    const { case: which, value } = message[oneof] as { case?: string; value?: unknown };
    return which === name ? value : undefined;
  };
}

function zeroOf(field: DescField): (value: unknown) => boolean {
  switch (field.fieldKind) {
    case "list":
      return (value) => (value as readonly unknown[]).length === 0;
    case "map":
      return (value) => isEmpty(value as object);
    default:
      return isZeroValue(field);
  }
}

/** Whether a scalar or an enum's value, or an item of a list or map of them, is the zero of its kind. */
export function isZeroValue({ scalar, enum: named }: DescField): (value: unknown) => boolean {
  if (named) {
    const zero = named.values[0]?.number;
    return (value) => value === zero;
  }
  return isZeroScalar(scalar);
}

/** The same for a kind of scalar. */
export function isZeroScalar(scalar: ScalarType | undefined): (value: unknown) => boolean {
  switch (scalar) {
    case ScalarType.BOOL:
      return (value) => value === false;
    case ScalarType.STRING:
      return (value) => value === "";
    case ScalarType.BYTES:
      return (value) => (value as Uint8Array).length === 0;
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      // Minus zero is written to the wire, so a field is set that has it.
      return (value) => Object.is(value, 0);
    default:
      // 64 bits may be a bigint or, where the contract wants it so, a text.
      return (value) => value === 0 || value === 0n || value === "0";
  }
}

function isEmpty(entries: object): boolean {
  for (const _ in entries) return false;
  return true;
}
