import type { DescField, DescMessage, MessageShape } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { REDACTED } from "./redact-message.js";

/** Shorter values stand in any text by chance. */
const MIN_LENGTH = 4;
const MAX_TEXTS = 512;
const MAX_DEPTH = 32;

/**
 * How the values of all fields with `debug_redact` would look in a text: strings, numbers of four digits and more, bytes as base64
 * and as hex, map keys too. At most 512 of them, from at most 32 levels. For error paths; it visits the whole message.
 */
export function redactedTexts<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
): readonly string[] {
  const texts = new Set<string>();
  collect(reflect(schema, message), false, texts, 0);
  // Longest first, so that a value is not torn by another that is a part of it.
  return [...texts].toSorted((a, b) => b.length - a.length);
}

/** A text in which each of `secrets` is "[redacted]", whatever its case. What was changed on the way into the text is not found. */
export function withoutTexts(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replace(new RegExp(escaped(secret), "gi"), REDACTED), text);
}

function collect(message: ReflectMessage, hidden: boolean, texts: Set<string>, depth: number): void {
  if (depth >= MAX_DEPTH) return;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const secret = hidden || field.proto.options?.debugRedact === true;
    for (const value of valuesOf(message, field)) take(value, secret, texts, depth);
  }
}

function valuesOf(message: ReflectMessage, field: DescField): Iterable<unknown> {
  switch (field.fieldKind) {
    case "list":
      return message.get(field);
    case "map":
      return [...message.get(field)].flat();
    default:
      return [message.get(field)];
  }
}

function take(value: unknown, secret: boolean, texts: Set<string>, depth: number): void {
  if (isReflected(value)) return collect(value, secret, texts, depth + 1);
  if (!secret) return;
  for (const text of textsOf(value)) {
    if (text.length >= MIN_LENGTH && texts.size < MAX_TEXTS) texts.add(text);
  }
}

function textsOf(value: unknown): readonly string[] {
  if (value instanceof Uint8Array) return [base64Encode(value), Buffer.from(value).toString("hex")];
  return typeof value === "boolean" ? [] : [String(value)];
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value && "fields" in value;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
