import { create, setExtension, toBinary } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  FileOptionsSchema,
  file_google_protobuf_wrappers,
  MethodOptionsSchema,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import {
  file as fileOption,
  method as methodOption,
  PolicySchema,
  Rate_Key,
  service as serviceOption,
} from "@charter/contract/charter/v1/options_pb.js";

const fileOptions = create(FileOptionsSchema);
setExtension(fileOptions, fileOption, create(PolicySchema, { payload: { maxRequestBytes: 2_048 } }));

const serviceOptions = create(ServiceOptionsSchema);
setExtension(
  serviceOptions,
  serviceOption,
  create(PolicySchema, {
    auth: { kind: { case: "rule", value: { id: "staff", roles: ["operator", "owner"], callers: ["buy"] } } },
    retry: { codes: [Code.UNAVAILABLE, Code.ABORTED] },
  }),
);

const putOptions = create(MethodOptionsSchema, { idempotencyLevel: 2 });
setExtension(
  putOptions,
  methodOption,
  create(PolicySchema, {
    deadline: { defaultMs: 300 },
    rate: [{ key: Rate_Key.SUBJECT, requests: 5, perMs: 1_000, burst: 9 }],
  }),
);

const type = ".google.protobuf.StringValue";
const io = { inputType: type, outputType: type };
const reading = create(MethodOptionsSchema, { idempotencyLevel: 1 });

/** A descriptor image with options on every layer: test.shelf.v1.ShelfService and test.shelf.v1.RackService. */
export const image: Uint8Array = toBinary(
  FileDescriptorSetSchema,
  create(FileDescriptorSetSchema, {
    file: [
      file_google_protobuf_wrappers.proto,
      {
        name: "test/shelf.proto",
        package: "test.shelf.v1",
        syntax: "proto3",
        dependency: ["google/protobuf/wrappers.proto"],
        options: fileOptions,
        service: [
          {
            name: "ShelfService",
            options: serviceOptions,
            method: [
              { name: "PutBook", ...io, options: putOptions },
              { name: "GetBook", ...io, options: reading },
              { name: "WatchBooks", ...io, options: reading, serverStreaming: true },
            ],
          },
          { name: "RackService", method: [{ name: "GetBook", ...io }] },
        ],
      },
    ],
  }),
);
