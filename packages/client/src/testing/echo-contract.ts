import { create, createFileRegistry, setExtension } from "@bufbuild/protobuf";
import type { GenEnum, GenService } from "@bufbuild/protobuf/codegenv2";
import {
  EnumValueOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  MethodOptionsSchema,
  type StringValueSchema,
} from "@bufbuild/protobuf/wkt";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import {
  ErrorSchema,
  error as errorOption,
  method as methodOption,
  PolicySchema,
} from "@charter/contract/charter/v1/options_pb.js";

interface MethodShape {
  readonly streamsIn?: boolean;
  readonly streamsOut?: boolean;
  /** Who may call. Default: anybody. */
  readonly auth?: "public" | "authenticated";
}

function method(name: string, shape: MethodShape = {}) {
  const { streamsIn = false, streamsOut = false, auth = "public" } = shape;
  const options = create(MethodOptionsSchema);
  const policy = create(PolicySchema, {
    auth: { kind: { case: auth, value: true } },
    deadline: { defaultMs: 1_000, maxMs: 2_000 },
    payload: { maxRequestBytes: 1_000, maxResponseBytes: 1_000 },
  });
  setExtension(options, methodOption, policy);
  const type = ".google.protobuf.StringValue";
  return {
    name,
    inputType: type,
    outputType: type,
    clientStreaming: streamsIn,
    serverStreaming: streamsOut,
    options,
  };
}

function soldOut() {
  const options = create(EnumValueOptionsSchema);
  setExtension(
    options,
    errorOption,
    create(ErrorSchema, { code: Code.FAILED_PRECONDITION, message: "Nothing is left." }),
  );
  return { name: "ECHO_ERROR_SOLD_OUT", number: 1, options };
}

const file: FileDescriptorProto = create(FileDescriptorProtoSchema, {
  name: "test/echo.proto",
  package: "test.echo.v1",
  syntax: "proto3",
  dependency: ["google/protobuf/wrappers.proto"],
  enumType: [{ name: "EchoError", value: [{ name: "ECHO_ERROR_UNSPECIFIED", number: 0 }, soldOut()] }],
  service: [
    {
      name: "EchoService",
      method: [
        method("Say"),
        method("Count", { streamsOut: true }),
        method("Collect", { streamsIn: true }),
        method("Chat", { streamsIn: true, streamsOut: true }),
        method("SayKnown", { auth: "authenticated" }),
      ],
    },
  ],
});

const registry = createFileRegistry(file, (name) =>
  name === file_google_protobuf_wrappers.proto.name ? file_google_protobuf_wrappers.proto : undefined,
);

type Method<Kind extends string> = {
  methodKind: Kind;
  input: typeof StringValueSchema;
  output: typeof StringValueSchema;
};

/**
 * A service with one public method of each kind and `sayKnown`, which needs a token, all of them from string to string: deadline
 * 1 s, at most 2 s, messages of 1,000 bytes.
 */
export const EchoService = registry.getService("test.echo.v1.EchoService") as GenService<{
  say: Method<"unary">;
  count: Method<"server_streaming">;
  collect: Method<"client_streaming">;
  chat: Method<"bidi_streaming">;
  sayKnown: Method<"unary">;
}>;

/** The service's errors: SOLD_OUT is 1. */
export const EchoErrorSchema = registry.getEnum("test.echo.v1.EchoError") as GenEnum<0 | 1>;
