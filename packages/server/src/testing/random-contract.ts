import {
  create,
  createFileRegistry,
  type DescField,
  type DescMessage,
  ScalarType,
  setExtension,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  Edition,
  EnumDescriptorProtoSchema,
  FeatureSet_FieldPresence,
  FeatureSetSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  type MessageOptions,
  MessageOptionsSchema,
  type OneofDescriptorProto,
  OneofDescriptorProtoSchema,
  OneofOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  Ignore,
  MessageOneofRuleSchema,
  type MessageRules,
  MessageRulesSchema,
  message as messageRules,
  OneofRulesSchema,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { SeededRandom } from "@charter/testing";
import type { RandomValues } from "./random-values.js";

const { MESSAGE, ENUM } = FieldDescriptorProto_Type;
const WELL_KNOWN = [
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
];

/** What a field can be of, and the kind of rules that go with it. */
interface Kind {
  readonly rules: NonNullable<FieldRules["type"]["case"]> | undefined;
  readonly type: FieldDescriptorProto_Type;
  readonly typeName?: string;
}

const SCALARS = [
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
] as const;
const MORE_SCALARS = ["bytes", "uint32", "sfixed32", "sfixed64", "sint32", "sint64"] as const;
const scalar = (rules: (typeof SCALARS | typeof MORE_SCALARS)[number]): Kind => ({
  rules,
  type: ScalarType[rules.toUpperCase() as keyof typeof ScalarType] as number,
});
const wrapper = (rules: NonNullable<Kind["rules"]>, name: string): Kind => ({
  rules,
  type: MESSAGE,
  typeName: `.google.protobuf.${name}`,
});
const KINDS: readonly Kind[] = [
  ...[...SCALARS, ...MORE_SCALARS].map(scalar),
  { rules: "enum", type: ENUM, typeName: ".test.Colour" },
  wrapper("string", "StringValue"),
  wrapper("bytes", "BytesValue"),
  wrapper("bool", "BoolValue"),
  wrapper("int32", "Int32Value"),
  wrapper("uint32", "UInt32Value"),
  wrapper("int64", "Int64Value"),
  wrapper("uint64", "UInt64Value"),
  wrapper("float", "FloatValue"),
  wrapper("double", "DoubleValue"),
  wrapper("any", "Any"),
  wrapper("duration", "Duration"),
  wrapper("fieldMask", "FieldMask"),
  wrapper("timestamp", "Timestamp"),
  { rules: undefined, type: MESSAGE, typeName: ".google.protobuf.Struct" },
  { rules: undefined, type: MESSAGE, typeName: ".test.Root" },
  { rules: undefined, type: MESSAGE, typeName: ".test.Child" },
];
const SHAPES = ["singular", "optional", "member", "repeated", "map"] as const;
const IGNORES = [Ignore.UNSPECIFIED, Ignore.IF_ZERO_VALUE, Ignore.ALWAYS];

/** Some that are compiled and some that are not. */
const PATTERNS = [
  ...[
    "^[A-Z]{3}$",
    "^[a-z]{2,4}$",
    "^([A-Z]{2})?$",
    "^[a-z0-9]+(-[a-z0-9]+)*$",
    "^[A-Za-z0-9]([A-Za-z0-9 ._/-]*[A-Za-z0-9])?$",
  ],
  ...[
    "^(a|b|1)+$",
    "b",
    "^a",
    "a$",
    "^\\d+$",
    "^\\w*$",
    "^a.c$",
    "^[^a]*$",
    "^a|b$",
    "^[0-9A-Z]{8,40}$",
    "^(?:a{1,2}b?)*$",
    "^$",
    "",
  ],
  ...[
    "^\\pL+$",
    "(?i)^A$",
    "^[[:alpha:]]+$",
    "^a+?$",
    "\\ba\\b",
    "^\\s*$",
    "^[\\w.-]+@[\\w.-]+$",
    "a{2}",
    "^[a-]$",
    "^.*$",
  ],
];

/** A field to be, with its rules. */
interface Sketch {
  readonly kind: Kind;
  readonly shape: (typeof SHAPES)[number];
  readonly key: "string" | "int32" | "uint64" | "bool";
  readonly rules: FieldRules;
}

/** Every standard rule, e.g. ["string", "max_len"]; without those that say nothing by themselves. */
export const standardRules: readonly (readonly [NonNullable<Kind["rules"]>, DescField])[] =
  FieldRulesSchema.fields.flatMap((kind) => {
    if (kind.fieldKind !== "message" || !kind.oneof) return [];
    return kind.message.fields
      .filter((rule) => rule.name !== "example" && rule.name !== "strict")
      .map((rule) => [kind.localName as NonNullable<Kind["rules"]>, rule] as const);
  });

/** Makes contracts with the standard rules of protovalidate: message types whose fields are of every kind, shape and presence. */
export class RandomContract {
  readonly #random: SeededRandom;
  readonly #values: RandomValues;

  constructor(random: SeededRandom, values: RandomValues) {
    this.#random = random;
    this.#values = values;
  }

  /** A message type with one field, which has this rule. */
  withRule(kind: NonNullable<Kind["rules"]>, rule: DescField): DescMessage {
    const { pick } = this.#random;
    const shape =
      kind === "repeated" || kind === "map"
        ? kind
        : pick(SHAPES.filter((it) => it !== "repeated" && it !== "map"));
    const sketch = this.#sketch(pick(KINDS.filter((it) => it.rules === kind || shape === kind)), shape);
    return this.#contract([{ ...sketch, rules: this.#rules(sketch, [rule]) }], []);
  }

  /** A message type with a few fields that have some rules each, in messages that may hold themselves. */
  any(): DescMessage {
    // Of types that hold each other, protovalidate 1.3.0 forgets the rules of one.
    const own = KINDS.filter((it) => it.typeName !== ".test.Root");
    return this.#contract(this.#sketches(KINDS), this.#sketches(own));
  }

  #sketches(kinds: readonly Kind[]): Sketch[] {
    return Array.from({ length: this.#random.integer(1, 3) }, () => {
      const sketch = this.#sketch(this.#random.pick(kinds), this.#random.pick(SHAPES));
      return this.#chance(0.7) ? { ...sketch, rules: this.#rules(sketch, undefined) } : sketch;
    });
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #sketch(kind: Kind, shape: Sketch["shape"]): Sketch {
    const key = this.#random.pick(["string", "int32", "uint64", "bool"] as const);
    return { kind, shape, key, rules: create(FieldRulesSchema, this.#common()) };
  }

  #common() {
    return {
      required: this.#chance(0.15),
      ...(this.#chance(0.3) ? { ignore: this.#random.pick(IGNORES) } : {}),
    };
  }

  /** @param only the rules that there shall be; undefined for any */
  #rules({ kind, shape, key }: Sketch, only: readonly DescField[] | undefined): FieldRules {
    // Rules for the parts are rules only where the parts have some.
    const asked = only?.some((it) => it.message === FieldRulesSchema) ? undefined : only;
    const own = () => this.#ofKind(kind.rules, asked);
    switch (shape) {
      case "repeated":
        return this.#ofKind("repeated", only, { items: own });
      case "map":
        return this.#ofKind("map", only, { keys: () => this.#ofKind(key, asked), values: own });
      default:
        return own();
    }
  }

  #ofKind(
    kind: Kind["rules"],
    only: readonly DescField[] | undefined,
    parts: Readonly<Record<string, () => FieldRules>> = {},
  ): FieldRules {
    const rules = create(FieldRulesSchema, this.#common());
    const field = kind && FieldRulesSchema.field[kind];
    if (field?.fieldKind !== "message") return rules;
    const names = field.message.fields.filter((it) => it.name !== "example");
    const wanted =
      only?.filter((it) => it.parent === field.message) ?? this.#random.shuffle(names).slice(0, 2);
    const standing = reflect(field.message, undefined, false);
    for (const rule of wanted) {
      if (parts[rule.name]) standing.set(rule, reflect(FieldRulesSchema, parts[rule.name]?.()));
      else this.#setRule(standing, rule);
    }
    // Rules for the parts are looked at as often as those for the whole.
    for (const [name, part] of Object.entries(parts)) {
      const rule = field.message.fields.find((it) => it.name === name);
      if (rule && !only && this.#chance(0.5)) standing.set(rule, reflect(FieldRulesSchema, part()));
    }
    reflect(FieldRulesSchema, rules).set(field, standing);
    return rules;
  }

  #setRule(standing: ReturnType<typeof reflect>, rule: DescField): void {
    switch (rule.fieldKind) {
      case "list": {
        const list = standing.get(rule);
        for (const value of this.#values.some(() => this.#ruleValue(rule))) list.add(value as never);
        return;
      }
      default:
        standing.set(rule, this.#ruleValue(rule));
    }
  }

  #ruleValue(rule: DescField): unknown {
    const { pick, integer } = this.#random;
    if (rule.message) return reflect(rule.message, this.#values.wellKnown(rule.message.typeName));
    if (rule.enum) return pick(rule.enum.values).number;
    if (/len|bytes|items|pairs/.test(rule.name) && rule.scalar === ScalarType.UINT64)
      return BigInt(integer(0, 4));
    if (rule.name === "pattern") return pick(PATTERNS);
    if (/fix|contains/.test(rule.name) && rule.scalar === ScalarType.STRING)
      return pick(["", "a", "1", ".", "a."]);
    if (rule.parent.name === "EnumRules" && rule.scalar === ScalarType.INT32) return pick([0, 1, 5, 7]);
    if (rule.parent.name === "FieldMaskRules") return pick(["a", "a.b", "b"]);
    if (rule.scalar === ScalarType.BOOL && rule.name !== "const") return this.#chance(0.9);
    return this.#values.scalar(rule.scalar ?? ScalarType.INT32);
  }

  #contract(root: readonly Sketch[], child: readonly Sketch[]): DescMessage {
    const isProto3 = this.#chance(0.5);
    const file = create(FileDescriptorProtoSchema, {
      name: "test.proto",
      package: "test",
      ...(isProto3 ? { syntax: "proto3" } : { syntax: "editions", edition: Edition.EDITION_2023 }),
      dependency: WELL_KNOWN.map((it) => it.proto.name),
      messageType: [this.#message("Root", root, isProto3), this.#message("Child", child, isProto3)],
      enumType: [
        create(EnumDescriptorProtoSchema, {
          name: "Colour",
          value: [
            { name: "COLOUR_UNSPECIFIED", number: 0 },
            { name: "COLOUR_RED", number: 1 },
            { name: "COLOUR_BLUE", number: 5 },
          ],
        }),
      ],
    });
    const registry = createFileRegistry(file, (name) => WELL_KNOWN.find((it) => it.proto.name === name));
    return registry.getMessage("test.Root") as DescMessage;
  }

  #message(name: string, sketches: readonly Sketch[], isProto3: boolean): DescriptorProto {
    const message = create(DescriptorProtoSchema, { name, options: create(MessageOptionsSchema) });
    if (sketches.some((it) => it.shape === "member")) message.oneofDecl.push(this.#oneof());
    for (const [index, sketch] of sketches.entries()) {
      const field = fieldOf(sketch, index + 1, isProto3, `.test.${name}`);
      if (field.proto3Optional) {
        const oneof = create(OneofDescriptorProtoSchema, { name: `_${field.name}` });
        field.oneofIndex = message.oneofDecl.push(oneof) - 1;
      }
      if (sketch.shape === "map") message.nestedType.push(entryOf(field.name, sketch));
      message.field.push(field);
    }
    setExtension(message.options as MessageOptions, messageRules, this.#messageRules(message));
    return message;
  }

  #oneof(): OneofDescriptorProto {
    const options = create(OneofOptionsSchema);
    setExtension(options, oneofRules, create(OneofRulesSchema, { required: this.#chance(0.3) }));
    return create(OneofDescriptorProtoSchema, { name: "choice", options });
  }

  #messageRules({ field }: DescriptorProto): MessageRules {
    const rules = create(MessageRulesSchema);
    const names = field.map((it) => it.name);
    if (names.length > 0 && this.#chance(0.2)) {
      rules.oneof.push(
        create(MessageOneofRuleSchema, {
          fields: this.#random.shuffle(names).slice(0, 2),
          required: this.#chance(0.5),
        }),
      );
    }
    if (names.length > 0 && this.#chance(0.1))
      rules.celExpression.push(`has(this.${this.#random.pick(names)})`);
    return rules;
  }
}

function fieldOf(
  { kind, shape, rules }: Sketch,
  number: number,
  isProto3: boolean,
  parent: string,
): FieldDescriptorProto {
  const name = `f${number}`;
  const options = create(FieldOptionsSchema);
  setExtension(options, fieldRules, rules);
  const isPlural = shape === "repeated" || shape === "map";
  // Fields of editions have presence unless they say otherwise, those of proto3 the other way round.
  if (!isProto3 && shape === "singular" && kind.type !== MESSAGE) {
    options.features = create(FeatureSetSchema, { fieldPresence: FeatureSet_FieldPresence.IMPLICIT });
  }
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    label: isPlural ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    ...(shape === "map" ? { type: MESSAGE, typeName: `${parent}.${entryName(name)}` } : ofKind(kind)),
    ...(shape === "member" ? { oneofIndex: 0 } : {}),
    proto3Optional: isProto3 && shape === "optional",
    options,
  });
}

function entryOf(field: string, { kind, key }: Sketch): DescriptorProto {
  const [first, second] = [
    { name: "key", number: 1 },
    { name: "value", number: 2 },
  ];
  return create(DescriptorProtoSchema, {
    name: entryName(field),
    field: [
      { ...first, ...ofKind(scalar(key)) },
      { ...second, ...ofKind(kind) },
    ],
    options: { mapEntry: true },
  });
}

/** As protoc names it. */
function entryName(field: string): string {
  return `${field.toUpperCase()}Entry`;
}

function ofKind({ type, typeName }: Kind) {
  return typeName ? { type, typeName } : { type };
}
