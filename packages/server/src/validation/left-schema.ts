import {
  clearExtension,
  clone,
  create,
  createFileRegistry,
  type DescFile,
  type DescMessage,
  hasOption,
  setExtension,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  MessageOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import {
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { compileMessage } from "./compile-message.js";

const made = new WeakMap<DescFile, DescFile>();

/**
 * A message type with those of its rules that are left to the library, and no others, so that it can judge these alone. All types that
 * it holds are made anew with it.
 */
export function leftSchema(desc: DescMessage): DescMessage {
  const schema = messageOf(leftFile(desc.file), desc.typeName);
  if (!schema) throw new Error(`${desc.toString()} is not in its file`);
  return schema;
}

function leftFile(file: DescFile): DescFile {
  const known = made.get(file);
  if (known) return known;
  const dependencies = new Map(file.dependencies.map((it) => [it.proto.name, leftFile(it)]));
  const isAsBefore = !hasRules(file.messages) && file.dependencies.every((it) => made.get(it) === it);
  const left = isAsBefore
    ? file
    : createFileRegistry(withLeftRules(file), (name) => dependencies.get(name)).getFile(file.proto.name);
  made.set(file, left ?? file);
  return left ?? file;
}

function hasRules(types: readonly DescMessage[]): boolean {
  return types.some(
    (it) =>
      hasOption(it, messageRules) ||
      it.oneofs.some((oneof) => hasOption(oneof, oneofRules)) ||
      it.fields.some((field) => hasOption(field, fieldRules)) ||
      hasRules(it.nestedMessages),
  );
}

function withLeftRules(file: DescFile): FileDescriptorProto {
  const copy = clone(FileDescriptorProtoSchema, file.proto);
  replaceAll(copy.messageType, file.messages);
  return copy;
}

function replaceAll(copies: readonly DescriptorProto[], descs: readonly DescMessage[]): void {
  for (const desc of descs) {
    const copy = copies.find((it) => it.name === desc.name);
    if (!copy) continue;
    replaceRules(copy, desc);
    replaceAll(copy.nestedType, desc.nestedMessages);
  }
}

function replaceRules(copy: DescriptorProto, desc: DescMessage): void {
  const { ofMessage, ofFields } = compileMessage(desc).left;
  copy.options ??= create(MessageOptionsSchema);
  setExtension(copy.options, messageRules, ofMessage);
  for (const { options } of copy.oneofDecl) if (options) clearExtension(options, oneofRules);
  for (const [field, rules] of ofFields) {
    const place = copy.field.find((it) => it.number === field.number);
    if (!place) continue;
    place.options ??= create(FieldOptionsSchema);
    setExtension(place.options, fieldRules, rules);
  }
}

function messageOf(file: DescFile, typeName: string): DescMessage | undefined {
  for (const type of nestedTypes(file))
    if (type.kind === "message" && type.typeName === typeName) return type;
  return undefined;
}
