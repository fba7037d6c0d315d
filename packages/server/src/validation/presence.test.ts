import { create, type DescField, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import {
  BoolValueSchema,
  BytesValueSchema,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FloatValueSchema,
  Int64ValueSchema,
  StringValueSchema,
  StructSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { type Members, readIfSet } from "./presence.js";

function read<Desc extends DescMessage>(desc: Desc, field: DescField, init: MessageInitShape<Desc>): unknown {
  return readIfSet(field)(create(desc, init) as unknown as Members);
}

describe("readIfSet", () => {
  it("takes the zero of its kind for unset where a field has no presence", () => {
    expect(read(StringValueSchema, StringValueSchema.field.value, { value: "" })).toBeUndefined();
    expect(read(BytesValueSchema, BytesValueSchema.field.value, {})).toBeUndefined();
    expect(read(BoolValueSchema, BoolValueSchema.field.value, { value: false })).toBeUndefined();
    expect(read(Int64ValueSchema, Int64ValueSchema.field.value, { value: 0n })).toBeUndefined();
    expect(read(FloatValueSchema, FloatValueSchema.field.value, { value: 0 })).toBeUndefined();
    // The wire carries it.
    expect(read(FloatValueSchema, FloatValueSchema.field.value, { value: -0 })).toBe(-0);
    expect(read(StructSchema, StructSchema.field.fields, {})).toBeUndefined();
    expect(read(FileDescriptorProtoSchema, FileDescriptorProtoSchema.field.service, {})).toBeUndefined();
  });

  it("looks at the field itself where it has presence", () => {
    const { name, number } = FieldDescriptorProtoSchema.field;
    expect(read(FieldDescriptorProtoSchema, name, {})).toBeUndefined();
    expect(read(FieldDescriptorProtoSchema, name, { name: "" })).toBe("");
    expect(read(FieldDescriptorProtoSchema, number, { number: 0 })).toBe(0);
    const { boolValue, stringValue } = ValueSchema.field;
    const kind = { case: "boolValue" as const, value: false };
    expect(read(ValueSchema, boolValue, { kind })).toBe(false);
    expect(read(ValueSchema, stringValue, { kind })).toBeUndefined();
  });
});
