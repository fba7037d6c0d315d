// Prints a file descriptor as .proto source. It covers what a vendored proto2 or proto3 file needs for others to import it:
// messages, enums, oneofs, extensions and extension ranges. Comments and custom options are not printed.
import { Edition, FieldDescriptorProto_Label as Label } from "@bufbuild/protobuf/wkt";

const syntaxes = { [Edition.EDITION_PROTO2]: "proto2", [Edition.EDITION_PROTO3]: "proto3" };
const scalars = [
  "",
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  "group",
  "message",
  "bytes",
  "uint32",
  "enum",
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];
const MAX_FIELD_NUMBER = 536870912;

/** @param {import("@bufbuild/protobuf").DescFile} file */
export function printProto(file) {
  const syntax = syntaxes[file.edition];
  if (!syntax)
    throw new Error(
      `${file.name}.proto: edition ${file.edition} cannot be printed; extend tools/print-proto.mjs`,
    );
  const lines = [`syntax = "${syntax}";`, "", `package ${file.proto.package};`, ""];
  for (const dependency of file.proto.dependency) lines.push(`import "${dependency}";`);
  lines.push("");
  for (const desc of file.enums) lines.push(...printEnum(desc.proto), "");
  for (const desc of file.messages) lines.push(...printMessage(desc, syntax), "");
  for (const desc of file.extensions) {
    lines.push(`extend .${desc.extendee.typeName} {`, ...indent([printField(desc.proto, syntax)]), "}", "");
  }
  return lines.join("\n");
}

function printMessage(desc, syntax) {
  const body = [];
  for (const nested of desc.nestedEnums) body.push(...printEnum(nested.proto));
  for (const nested of desc.nestedMessages) body.push(...printMessage(nested, syntax));
  for (const member of desc.members) {
    if (member.kind === "oneof") {
      body.push(
        `oneof ${member.name} {`,
        ...indent(member.fields.map((field) => printField(field.proto, syntax, true))),
        "}",
      );
    } else body.push(member.fieldKind === "map" ? printMap(member) : printField(member.proto, syntax));
  }
  for (const range of desc.proto.extensionRange) {
    body.push(`extensions ${range.start} to ${range.end >= MAX_FIELD_NUMBER ? "max" : range.end - 1};`);
  }
  return [`message ${desc.name} {`, ...indent(body), "}"];
}

function printEnum(proto) {
  const alias = proto.options?.allowAlias ? ["option allow_alias = true;"] : [];
  return [
    `enum ${proto.name} {`,
    ...indent([...alias, ...proto.value.map((value) => `${value.name} = ${value.number};`)]),
    "}",
  ];
}

function printMap(field) {
  const value = field.scalar ? scalars[field.scalar] : `.${(field.message ?? field.enum).typeName}`;
  return `map<${scalars[field.mapKey]}, ${value}> ${field.name} = ${field.number};`;
}

function printField(proto, syntax, inOneof = false) {
  const type = proto.typeName || scalars[proto.type];
  return `${label(proto, syntax, inOneof)}${type} ${proto.name} = ${proto.number};`;
}

function label(proto, syntax, inOneof) {
  if (proto.label === Label.REPEATED) return "repeated ";
  if (inOneof) return "";
  if (proto.label === Label.REQUIRED) return "required ";
  return syntax === "proto2" || proto.proto3Optional ? "optional " : "";
}

const indent = (lines) => lines.map((line) => `  ${line}`);
