import { create, createFileRegistry, type MessageInitShape, setExtension } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  MethodOptions_IdempotencyLevel as Level,
  MethodOptionsSchema,
  type StringValueSchema,
} from "@bufbuild/protobuf/wkt";
import { method as methodOption, PolicySchema } from "@charter/contract/charter/v1/options_pb.js";

type Policy = Exclude<MessageInitShape<typeof PolicySchema>, { $typeName: string }>;

const retry = { maxAttempts: 3, backoffMs: 5, maxBackoffMs: 20 };
const fallback = (kind: NonNullable<NonNullable<Policy["fallback"]>["kind"]>): Policy => ({
  fallback: { kind },
});

const METHODS: Readonly<Record<string, { policy: Policy; level?: Level; streamsOut?: boolean }>> = {
  Read: { policy: { retry }, level: Level.NO_SIDE_EFFECTS },
  Hedged: { policy: { retry, hedge: { delayMs: 50 } }, level: Level.NO_SIDE_EFFECTS },
  Put: { policy: { retry }, level: Level.IDEMPOTENT },
  Act: { policy: {} },
  Keyed: { policy: { retry, idempotency: { keyField: "value" } } },
  Patient: { policy: { retry, breaker: { minCalls: 1_000_000 } }, level: Level.NO_SIDE_EFFECTS },
  Fragile: { policy: { breaker: { minCalls: 5, openForMs: 200 } }, level: Level.NO_SIDE_EFFECTS },
  Hashed: { policy: { balance: { policy: 3, hashField: "value" } }, level: Level.NO_SIDE_EFFECTS },
  InTurn: { policy: { balance: { policy: 2 } }, level: Level.NO_SIDE_EFFECTS },
  Stale: { policy: fallback({ case: "stale", value: { maxAgeS: 60 } }), level: Level.NO_SIDE_EFFECTS },
  Empty: { policy: fallback({ case: "empty", value: true }), level: Level.NO_SIDE_EFFECTS },
  Literal: { policy: fallback({ case: "message", value: '"made up"' }), level: Level.NO_SIDE_EFFECTS },
  Other: {
    policy: fallback({ case: "method", value: "test.policy.v1.PolicyService.Read" }),
    level: Level.NO_SIDE_EFFECTS,
  },
  Watch: { policy: { retry }, level: Level.NO_SIDE_EFFECTS, streamsOut: true },
};

function describeMethod([name, { policy, level, streamsOut = false }]: [string, (typeof METHODS)[string]]) {
  const options = create(MethodOptionsSchema, level === undefined ? {} : { idempotencyLevel: level });
  const declared = create(PolicySchema, {
    auth: { kind: { case: "public", value: true } },
    deadline: { defaultMs: 10_000, maxMs: 20_000 },
    ...policy,
  });
  setExtension(options, methodOption, declared);
  const type = ".google.protobuf.StringValue";
  return { name, inputType: type, outputType: type, serverStreaming: streamsOut, options };
}

const file = create(FileDescriptorProtoSchema, {
  name: "test/policy.proto",
  package: "test.policy.v1",
  syntax: "proto3",
  dependency: ["google/protobuf/wrappers.proto"],
  service: [{ name: "PolicyService", method: Object.entries(METHODS).map(describeMethod) }],
});

const registry = createFileRegistry(file, (name) =>
  name === file_google_protobuf_wrappers.proto.name ? file_google_protobuf_wrappers.proto : undefined,
);

type Method<Kind extends string> = {
  methodKind: Kind;
  input: typeof StringValueSchema;
  output: typeof StringValueSchema;
};

/** One method per way to be called, all from string to string, with ten seconds each. */
export const PolicyService = registry.getService("test.policy.v1.PolicyService") as GenService<{
  read: Method<"unary">;
  hedged: Method<"unary">;
  put: Method<"unary">;
  act: Method<"unary">;
  keyed: Method<"unary">;
  patient: Method<"unary">;
  fragile: Method<"unary">;
  hashed: Method<"unary">;
  inTurn: Method<"unary">;
  stale: Method<"unary">;
  empty: Method<"unary">;
  literal: Method<"unary">;
  other: Method<"unary">;
  watch: Method<"server_streaming">;
}>;
