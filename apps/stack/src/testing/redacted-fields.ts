import type { DescField, DescFile, DescMessage, DescService } from "@bufbuild/protobuf";
import { nestedTypes, type ReflectMessage } from "@bufbuild/protobuf/reflect";

/** Whether the field itself must not be shown. */
export const isRedacted = (field: DescField) => field.proto.options?.debugRedact === true;

/** Every field of these services' contracts that must not be shown, by name. */
export function redactedFields(services: readonly DescService[]): ReadonlySet<string> {
  const files = new Set<DescFile>();
  for (const { file } of services) gather(file, files);
  const messages = [...files]
    .flatMap((file) => [...nestedTypes(file)])
    .filter((type): type is DescMessage => type.kind === "message");
  return new Set(messages.flatMap(({ fields }) => fields.filter(isRedacted).map(String)));
}

function gather(file: DescFile, files: Set<DescFile>): void {
  if (files.has(file) || !file.proto.package.startsWith("shop.")) return;
  files.add(file);
  for (const dependency of file.dependencies) gather(dependency, files);
}

/** The fields of a message and of all that it may hold that must not be shown, by name. */
export function redactedWithin(message: DescMessage, seen = new Set<DescMessage>()): string[] {
  if (seen.has(message)) return [];
  seen.add(message);
  return message.fields.flatMap((field) => [
    ...(isRedacted(field) ? [String(field)] : []),
    ...(field.message ? redactedWithin(field.message, seen) : []),
  ]);
}

/** A value that must not be shown, and the redacted field that it stands in. */
export interface Secret {
  readonly field: string;
  readonly text: string;
}

/** What a message holds of that. */
export function secretsOf(message: ReflectMessage, within?: string): Secret[] {
  return message.fields.flatMap((field) => {
    if (!message.isSet(field)) return [];
    const hidden = isRedacted(field) ? String(field) : within;
    return valuesOf(message, field).flatMap((value) => {
      if (isMessage(value)) {
        const inner = secretsOf(value, hidden);
        return hidden === String(field) ? [{ field: hidden, text: "" }, ...inner] : inner;
      }
      return hidden === undefined ? [] : [{ field: hidden, text: textOf(value) }];
    });
  });
}

function valuesOf(message: ReflectMessage, field: DescField): unknown[] {
  if (field.fieldKind === "list") return [...message.get(field)];
  if (field.fieldKind === "map") return [...message.get(field)].flat();
  return [message.get(field)];
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
}
