import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Members, readIfSet } from "../../validation/presence.js";
import { keyReader, scalarWriters, wireTypeOf } from "./scalar-writers.js";

/** Writes a message, without a length before it. Throws for one of another type. */
export type WriteMessage = (writer: BinaryWriter, message: Message) => void;
/** Writes one field of a message, with its tag, if it is set. */
export type WriteField = (writer: BinaryWriter, message: Members) => void;
type WriteValue = (writer: BinaryWriter, value: never) => void;
type MessageWriter = (desc: DescMessage) => WriteMessage;

/** What a field, or an item of a list or map, holds. */
interface Held {
  readonly scalar?: ScalarType | undefined;
  readonly message?: DescMessage | undefined;
}

/** @param messageWriter how the messages are written that the field holds */
export function fieldWriter(field: DescField, messageWriter: MessageWriter): WriteField {
  const read = readIfSet(field);
  const write = setWriter(field, messageWriter);
  return (writer, message) => {
    const value = read(message);
    if (value !== undefined) write(writer, value as never);
  };
}

function setWriter(field: DescField, messageWriter: MessageWriter): WriteValue {
  if (field.fieldKind === "map") return mapWriter(field, taggedWriter(2, field, messageWriter));
  if (field.fieldKind !== "list") return taggedWriter(field.number, field, messageWriter);
  return field.packed ? packedWriter(field) : listWriter(taggedWriter(field.number, field, messageWriter));
}

/** One value behind its tag. */
function taggedWriter(
  number: number,
  { message, scalar = ScalarType.INT32 }: Held,
  messageWriter: MessageWriter,
): WriteValue {
  if (!message) return taggedScalar(number, scalar);
  const write = messageWriter(message);
  return (writer, value) => {
    writer.tag(number, WireType.LengthDelimited).fork();
    write(writer, value);
    writer.join();
  };
}

function taggedScalar(number: number, scalar: ScalarType): WriteValue {
  const write = scalarWriters[scalar];
  const wireType = wireTypeOf(scalar);
  return (writer, value) => write(writer.tag(number, wireType), value);
}

function listWriter(writeItem: WriteValue): WriteValue {
  return (writer, items: readonly never[]) => {
    for (const item of items) writeItem(writer, item);
  };
}

function packedWriter({ number, scalar = ScalarType.INT32 }: DescField): WriteValue {
  const writeItem = listWriter(scalarWriters[scalar]);
  return (writer, value) => {
    writer.tag(number, WireType.LengthDelimited).fork();
    writeItem(writer, value);
    writer.join();
  };
}

function mapWriter(
  { number, mapKey }: DescField & { fieldKind: "map" },
  writeEntryValue: WriteValue,
): WriteValue {
  const readKey = keyReader(mapKey);
  const writeKey = taggedScalar(1, mapKey);
  return (writer, entries: Readonly<Record<string, never>>) => {
    for (const [key, item] of Object.entries(entries)) {
      writer.tag(number, WireType.LengthDelimited).fork();
      writeKey(writer, readKey(key) as never);
      writeEntryValue(writer, item);
      writer.join();
    }
  };
}
