import { create, createFileRegistry, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
  ListValueSchema,
  StructSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { BadRequestSchema, ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { describe, expect, it } from "@jest/globals";
import { nulTextFinder } from "./nul-text.js";

function find<D extends DescMessage>(desc: D, init: MessageInitShape<D>): string | undefined {
  return nulTextFinder(desc)(create(desc, init));
}

const { MESSAGE: type } = FieldDescriptorProto_Type;
const holder = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "holder.proto",
    syntax: "proto3",
    package: "test",
    dependency: ["google/protobuf/struct.proto", "google/protobuf/wrappers.proto"],
    messageType: [
      {
        name: "Holder",
        field: [
          { name: "data", number: 1, type, typeName: ".google.protobuf.Struct" },
          { name: "note", number: 2, type, typeName: ".google.protobuf.StringValue" },
        ],
      },
    ],
  }),
  (name) => [file_google_protobuf_struct, file_google_protobuf_wrappers].find((it) => it.proto.name === name),
).getMessage("test.Holder") as DescMessage;

describe("nulTextFinder", () => {
  it("names the first text with a NUL character, wherever it lies", () => {
    expect(find(ErrorInfoSchema, { domain: "a\0b" })).toBe("domain");
    expect(find(ErrorInfoSchema, { metadata: { sku: "a\0b" } })).toBe('metadata["sku"]');
    expect(find(ErrorInfoSchema, { metadata: { "\0": "x" } })).toBe("metadata");
    const fieldViolations = [{ field: "a" }, { field: "b", description: "\0" }];
    expect(find(BadRequestSchema, { fieldViolations })).toBe("field_violations[1].description");
  });

  it("looks into oneofs, messages that contain themselves and plain JSON", () => {
    const text = (value: string) => ({ kind: { case: "stringValue" as const, value } });
    expect(find(ValueSchema, text("\0"))).toBe("string_value");
    expect(find(ListValueSchema, { values: [text("a"), text("\0")] })).toBe("values[1].string_value");
    expect(find(StructSchema, { fields: { a: text("\0") } })).toBe('fields["a"].string_value');
    expect(find(holder, { data: { a: [1, { b: "\0" }] } })).toBe('data["a"]["1"]["b"]');
    expect(find(holder, { data: { "\0": 1 } })).toBe("data");
    expect(find(holder, { note: "\0" })).toBe("note");
  });

  it("is content with all else", () => {
    expect(find(ErrorInfoSchema, { reason: "a", metadata: { b: "c" } })).toBeUndefined();
    expect(find(ValueSchema, { kind: { case: "numberValue", value: 0 } })).toBeUndefined();
    expect(find(ValueSchema, {})).toBeUndefined();
    expect(find(holder, { data: { a: [1, null, "b"] }, note: "" })).toBeUndefined();
  });
});
