import {
  create,
  createFileRegistry,
  type DescMethod,
  type MessageInitShape,
  setExtension,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileOptionsSchema,
  FieldDescriptorProto_Label as Label,
  MethodOptions_IdempotencyLevel as Level,
  MethodOptionsSchema,
  ServiceOptionsSchema,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import {
  file as fileOption,
  method as methodOption,
  PolicySchema,
  service as serviceOption,
} from "@charter/contract/charter/v1/options_pb.js";

type Policy = Exclude<MessageInitShape<typeof PolicySchema>, { $typeName: string }>;

/** The options of a method and of what is around it. */
export interface MethodUnderTest {
  readonly method?: Policy;
  readonly service?: Policy;
  readonly file?: Policy;
  readonly level?: Level;
}

/** Says what the other tests do not want to repeat. */
export const open: Policy = { auth: { kind: { case: "public", value: true } } };

/**
 * The method `test.v1.Things.Get` with these options. Its request has the fields `id` (string), `count` (int32), `tags` (strings) and
 * `owner` (a message with the string `user_id`). Beside it stand `Peek`, of the same shape, and `Other`, of another.
 */
export function buildMethod({
  method,
  service,
  file,
  level = Level.IDEMPOTENCY_UNKNOWN,
}: MethodUnderTest): DescMethod {
  const methodOptions = create(MethodOptionsSchema, { idempotencyLevel: level });
  const serviceOptions = create(ServiceOptionsSchema);
  const fileOptions = create(FileOptionsSchema);
  if (method) setExtension(methodOptions, methodOption, create(PolicySchema, method));
  if (service) setExtension(serviceOptions, serviceOption, create(PolicySchema, service));
  if (file) setExtension(fileOptions, fileOption, create(PolicySchema, file));
  const [get, peek, other] = [
    ["Get", "Thing"],
    ["Peek", "Thing"],
    ["Other", "Owner"],
  ].map(([name = "", output]) => ({
    name,
    inputType: ".test.v1.Query",
    outputType: `.test.v1.${output}`,
  }));
  const proto = create(FileDescriptorProtoSchema, {
    name: "test/v1/things.proto",
    package: "test.v1",
    syntax: "proto3",
    options: fileOptions,
    messageType: messages,
    service: [
      {
        name: "Things",
        options: serviceOptions,
        method: [{ ...get, options: methodOptions }, peek ?? {}, other ?? {}],
      },
    ],
  });
  const built = createFileRegistry(proto, () => undefined).getService("test.v1.Things")?.method.get;
  if (!built) throw new TypeError("the test's own descriptor is not sound");
  return built;
}

const field = (name: string, number: number, type: Type, label = Label.OPTIONAL, typeName = "") => ({
  name,
  number,
  type,
  label,
  ...(typeName && { typeName }),
});

const messages = [
  { name: "Owner", field: [field("user_id", 1, Type.STRING)] },
  {
    name: "Query",
    field: [
      field("id", 1, Type.STRING),
      field("count", 2, Type.INT32),
      field("tags", 3, Type.STRING, Label.REPEATED),
      field("owner", 4, Type.MESSAGE, Label.OPTIONAL, ".test.v1.Owner"),
    ],
  },
  { name: "Thing", field: [field("name", 1, Type.STRING)] },
];
