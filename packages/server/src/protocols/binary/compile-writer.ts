import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import type { BinaryWriter } from "@bufbuild/protobuf/wire";
import { FeatureSet_FieldPresence, isWrapperDesc, StructSchema } from "@bufbuild/protobuf/wkt";
import type { Members } from "../../validation/presence.js";
import { fieldWriter, type WriteField, type WriteMessage } from "./field-writer.js";

const compiled = new WeakMap<DescMessage, WriteMessage | undefined>();

/**
 * Compiles how messages of a type are written, once; undefined for types that are left to the library: those that hold groups, required fields, or
 * fields that keep their value in another form than that of its type.
 */
export function compileWriter(desc: DescMessage): WriteMessage | undefined {
  if (!compiled.has(desc))
    compiled.set(desc, isUsual(desc, new Set()) ? compile(desc, new Map()) : undefined);
  return compiled.get(desc);
}

function isUsual(desc: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(desc)) return true;
  seen.add(desc);
  return desc.fields.every((it) => isUsualField(it) && (!it.message || isUsual(it.message, seen)));
}

function isUsualField(field: DescField): boolean {
  const { message, presence } = field;
  if (presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return false;
  if ("delimitedEncoding" in field && field.delimitedEncoding) return false;
  return !message || !(isWrapperDesc(message) || message.typeName === StructSchema.typeName);
}

/** @param begun what is being compiled, for a message may hold itself */
function compile(desc: DescMessage, begun: Map<DescMessage, WriteMessage>): WriteMessage {
  const known = begun.get(desc);
  if (known) return known;
  const { typeName } = desc;
  const fields: WriteField[] = [];
  const write: WriteMessage = (writer, message) => {
    if (message.$typeName !== typeName) throw new TypeError(`not a ${typeName}`);
    for (let index = 0; index < fields.length; index += 1)
      (fields[index] as WriteField)(writer, message as unknown as Members);
    if (message.$unknown) writeUnknown(writer, message.$unknown);
  };
  begun.set(desc, write);
  for (const field of [...desc.fields].sort((a, b) => a.number - b.number))
    fields.push(fieldWriter(field, (held) => compile(held, begun)));
  return write;
}

function writeUnknown(writer: BinaryWriter, fields: NonNullable<Message["$unknown"]>): void {
  for (const { no, wireType, data } of fields) writer.tag(no, wireType).raw(data);
}
