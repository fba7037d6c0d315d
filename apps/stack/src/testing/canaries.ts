import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { isRedacted } from "./redacted-fields.js";

/** How deep requests are filled; deeper than any contract of the shop. */
const MAX_DEPTH = 8;
const UUID = "01890a5d-ac96-774b-bcce-b302099a8057";
/** What fields hold that are not left alone and hide nothing, where a UUID would not do. */
const plainTexts: Readonly<Record<string, string>> = { country_code: "GB", currency_code: "GBP" };

/** How much of a request is filled: what must not be shown alone, so that rules are broken, or all of it. */
export type Filling = "secrets" | "all";

/** A text that stands nowhere else, as a value for a field that must not be shown; short, for many of them have bounds. */
export function canaryFor(field: DescField | string): string {
  const name = String(field);
  let hash = 7;
  for (const char of name) hash = (hash * 31 + char.charCodeAt(0)) % 36 ** 5;
  return `QZ${hash.toString(36).padStart(5, "0")}`.toUpperCase();
}

/**
 * A request with a canary in every text that must not be shown. Of each oneof the member of this `turn` is set.
 *
 * @throws TypeError for a redacted field of a kind that holds no text: then this needs a canary for it
 */
export function requestWithCanaries(desc: DescMessage, filling: Filling, turn: number): Message {
  const message = reflect(desc, create(desc));
  fill(message, { filling, turn, hidden: undefined, depth: 0 });
  return message.message;
}

/** How many turns it takes until every member of every oneof has been set. */
export function turnsOf(desc: DescMessage, depth = 0): number {
  if (depth > MAX_DEPTH) return 1;
  const own = desc.oneofs.map(({ fields }) => fields.length);
  const inner = desc.fields.map(({ message }) => (message ? turnsOf(message, depth + 1) : 1));
  return Math.max(1, ...own, ...inner);
}

interface Way {
  readonly filling: Filling;
  readonly turn: number;
  /** The redacted field that all of this is a part of. */
  readonly hidden: DescField | undefined;
  readonly depth: number;
}

function fill(message: ReflectMessage, way: Way): void {
  if (way.depth > MAX_DEPTH) return;
  for (const field of message.fields) {
    const members = field.oneof?.fields;
    if (members && members[way.turn % members.length] !== field) continue;
    const value = valueFor(field, { ...way, hidden: isRedacted(field) ? field : way.hidden });
    if (value === undefined) continue;
    if (field.fieldKind === "list") message.get(field).add(value as never);
    else if (field.fieldKind !== "map") message.set(field, value as never);
  }
}

function valueFor(field: DescField, way: Way): unknown {
  if (field.message && field.fieldKind !== "map") {
    const inner = reflect(field.message, create(field.message));
    fill(inner, { ...way, depth: way.depth + 1 });
    return inner;
  }
  if (way.hidden) return canaryValue(field, way.hidden);
  if (way.filling === "secrets" || field.fieldKind === "map") return undefined;
  if (field.enum) return field.enum.values.at(1)?.number ?? 0;
  return field.scalar === ScalarType.STRING ? (plainTexts[field.name] ?? UUID) : plainNumber(field);
}

function canaryValue(field: DescField, hidden: DescField): unknown {
  const text = canaryFor(hidden);
  if (field.scalar === ScalarType.STRING) return field.name.includes("email") ? `${text}@example.org` : text;
  if (field.scalar === ScalarType.BYTES) return new TextEncoder().encode(text);
  throw new TypeError(`${field} must not be shown and holds no text; give it a canary here`);
}

function plainNumber({ scalar }: DescField): unknown {
  switch (scalar) {
    case ScalarType.BOOL:
      return true;
    case ScalarType.BYTES:
      return new Uint8Array();
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 1n;
    default:
      return 1;
  }
}
