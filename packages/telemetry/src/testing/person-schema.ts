import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import {
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_timestamp,
} from "@bufbuild/protobuf/wkt";

interface FieldShape {
  readonly type?: "string" | "int64" | "bytes" | "double" | "enum";
  readonly message?: string;
  readonly repeated?: boolean;
  readonly oneof?: number;
  readonly secret?: boolean;
}

const types = {
  string: FieldDescriptorProto_Type.STRING,
  int64: FieldDescriptorProto_Type.INT64,
  bytes: FieldDescriptorProto_Type.BYTES,
  double: FieldDescriptorProto_Type.DOUBLE,
  enum: FieldDescriptorProto_Type.ENUM,
};

function field(name: string, number: number, shape: FieldShape): FieldDescriptorProto {
  const message = shape.message && { type: FieldDescriptorProto_Type.MESSAGE, typeName: shape.message };
  const enumeration = shape.type === "enum" && { typeName: ".test.Kind" };
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    jsonName: name,
    label: shape.repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    ...(shape.type && { type: types[shape.type] }),
    ...message,
    ...enumeration,
    ...(shape.oneof !== undefined && { oneofIndex: shape.oneof }),
    ...(shape.secret && { options: { debugRedact: true } }),
  });
}

function fields(shapes: Record<string, FieldShape>): FieldDescriptorProto[] {
  return Object.entries(shapes).map(([name, shape], index) => field(name, index + 1, shape));
}

const secretString = { type: "string", secret: true } as const;
const valueOfMap = (shape: FieldShape) => ({
  nestedType: {
    options: { mapEntry: true },
    field: fields({ key: { type: "string" }, value: shape }),
  },
});

const file: FileDescriptorProto = create(FileDescriptorProtoSchema, {
  name: "test/person.proto",
  package: "test",
  syntax: "proto3",
  dependency: ["google/protobuf/any.proto", "google/protobuf/timestamp.proto"],
  enumType: [
    {
      name: "Kind",
      value: [
        { name: "KIND_UNSPECIFIED", number: 0 },
        { name: "KIND_STAFF", number: 1 },
      ],
    },
  ],
  messageType: [
    { name: "Address", field: fields({ city: { type: "string" }, street: secretString }) },
    {
      name: "Person",
      oneofDecl: [{ name: "contact" }],
      nestedType: [
        { name: "PlacesEntry", ...valueOfMap({ message: ".test.Address" }).nestedType },
        { name: "SecretsEntry", ...valueOfMap({ type: "string" }).nestedType },
      ],
      field: fields({
        name: secretString,
        id: { type: "string" },
        age: { type: "int64" },
        salary: { type: "int64", secret: true },
        home: { message: ".test.Address" },
        past: { message: ".test.Address", repeated: true },
        nicknames: { type: "string", repeated: true, secret: true },
        places: { message: ".test.Person.PlacesEntry", repeated: true },
        secrets: { message: ".test.Person.SecretsEntry", repeated: true, secret: true },
        email: { type: "string", oneof: 0, secret: true },
        office: { message: ".test.Address", oneof: 0 },
        photo: { type: "bytes" },
        score: { type: "double" },
        kind: { type: "enum" },
        born: { message: ".google.protobuf.Timestamp" },
        hidden: { message: ".test.Address", secret: true },
        extra: { message: ".google.protobuf.Any" },
        friend: { message: ".test.Person" },
      }),
    },
  ],
});

const imports = [file_google_protobuf_any.proto, file_google_protobuf_timestamp.proto];

/** Knows every message of this file, and so what an Any of it holds. */
export const registry = createFileRegistry(file, (name) =>
  imports.find((candidate) => candidate.name === name),
);

function message(name: string): DescMessage {
  const desc = registry.getMessage(name);
  if (!desc) throw new Error(`the test file has no message ${name}`);
  return desc;
}

/** A message with a secret field of every kind. */
export const PersonSchema = message("test.Person");
/** `city` may be logged, `street` may not. */
export const AddressSchema = message("test.Address");
