import type {
  DescField,
  DescMessage,
  JsonObject,
  JsonValue,
  MessageShape,
  Registry,
} from "@bufbuild/protobuf";
import { ScalarType, toJson } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { type Any, AnySchema, anyUnpack } from "@bufbuild/protobuf/wkt";

/** What stands in a log for a value that must not be there. */
export const REDACTED = "[redacted]";
const TOO_DEEP = "[too deep]";
const INVALID = "[invalid]";
const MAX_DEPTH = 32;

/** Scalars and enums as reflection gives them. */
type Scalar = string | number | bigint | boolean | Uint8Array;

/**
 * A message as protobuf JSON that may be logged: every field with `debug_redact` that is set, of whatever type and depth, is
 * "[redacted]". An Any is opened when `registry` knows its type and is redacted as a whole otherwise. Unset, unknown and
 * extension fields are left out. Never throws: a value without a JSON form becomes "[invalid]", nesting beyond 32 levels "[too deep]".
 */
export function redactMessage<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  registry?: Registry,
): JsonValue {
  return redactedMessage(reflect(schema, message), registry, 0);
}

function redactedMessage(message: ReflectMessage, registry: Registry | undefined, depth: number): JsonValue {
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (message.desc.typeName === AnySchema.typeName)
    return redactedAny(message.message as Any, registry, depth);
  if (hasJsonFormOfItsOwn(message.desc)) return wellKnownJson(message);
  const json: JsonObject = {};
  for (const field of message.fields) {
    if (message.isSet(field)) json[field.jsonName] = redactedField(message, field, registry, depth);
  }
  return json;
}

function redactedField(
  message: ReflectMessage,
  field: DescField,
  registry: Registry | undefined,
  depth: number,
): JsonValue {
  if (field.proto.options?.debugRedact) return REDACTED;
  const one = (value: unknown) => redactedValue(value, field, registry, depth + 1);
  switch (field.fieldKind) {
    case "list":
      return Array.from(message.get(field), one);
    case "map":
      return Object.fromEntries(Array.from(message.get(field), ([key, value]) => [String(key), one(value)]));
    default:
      return one(message.get(field));
  }
}

function redactedValue(
  value: unknown,
  field: DescField,
  registry: Registry | undefined,
  depth: number,
): JsonValue {
  if (field.message) return redactedMessage(value as ReflectMessage, registry, depth);
  if (field.enum) return field.enum.value[value as number]?.name ?? (value as number);
  return scalarJson(value as Scalar, field.scalar);
}

function scalarJson(value: Scalar, type: ScalarType | undefined): JsonValue {
  if (type === ScalarType.BYTES) return value instanceof Uint8Array ? base64Encode(value) : INVALID;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? INVALID : value;
}

function redactedAny(any: Any, registry: Registry | undefined, depth: number): JsonValue {
  const opened = registry && openAny(any, registry);
  if (!opened) return { "@type": any.typeUrl, value: REDACTED };
  const content = redactedMessage(opened, registry, depth + 1);
  return isJsonObject(content) && !hasJsonFormOfItsOwn(opened.desc)
    ? { "@type": any.typeUrl, ...content }
    : { "@type": any.typeUrl, value: content };
}

function openAny(any: Any, registry: Registry): ReflectMessage | undefined {
  const desc = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
  if (!desc) return undefined;
  try {
    const message = anyUnpack(any, registry);
    return message && reflect(desc, message);
  } catch {
    // Bytes that are not what the type says are logged as closed.
    return undefined;
  }
}

/** Timestamp, Duration, Struct and the like: their JSON is no object of their fields, and none of those is redacted. */
function hasJsonFormOfItsOwn(desc: DescMessage): boolean {
  return desc.file.proto.package === "google.protobuf" && !desc.file.name.endsWith("/descriptor");
}

function wellKnownJson(message: ReflectMessage): JsonValue {
  try {
    return toJson(message.desc, message.message);
  } catch {
    // For example a Timestamp beyond the year 9999.
    return INVALID;
  }
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
