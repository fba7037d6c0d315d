import {
  create,
  createFileRegistry,
  type DescMessage,
  type Message,
  type MessageInitShape,
  setExtension,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import {
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  file_buf_validate_validate,
  PredefinedRulesSchema,
  predefined,
  StringRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { describe, expect, it } from "@jest/globals";
import { validationOf } from "./message-validation.js";

/** A message test.Root with one text, and a predefined rule for texts, number 1001: no letter "a". */
function contract(init: MessageInitShape<typeof FieldRulesSchema>): DescMessage {
  const options = create(FieldOptionsSchema);
  setExtension(options, fieldRules, create(FieldRulesSchema, init));
  const predefinedOptions = create(FieldOptionsSchema);
  const cel = [{ id: "no_a", message: "must have no a", expression: "!rule || !this.contains('a')" }];
  setExtension(predefinedOptions, predefined, create(PredefinedRulesSchema, { cel }));
  const label = Label.OPTIONAL;
  const file = create(FileDescriptorProtoSchema, {
    name: "test.proto",
    package: "test",
    syntax: "proto2",
    dependency: ["buf/validate/validate.proto"],
    messageType: [{ name: "Root", field: [{ name: "text", number: 1, type: Type.STRING, label, options }] }],
    extension: [
      {
        name: "no_a",
        number: 1_001,
        type: Type.BOOL,
        label,
        extendee: ".buf.validate.StringRules",
        options: predefinedOptions,
      },
    ],
  });
  return createFileRegistry(file, () => file_buf_validate_validate).getMessage("test.Root") as DescMessage;
}

function judge(desc: DescMessage, text: string): boolean | string[] {
  const message = reflect(desc);
  message.set(desc.field.text as never, text);
  const validation = validationOf(desc);
  const violations = validation.judge(message.message).violations ?? [];
  return validation.passes(message.message) || violations.map((it) => it.ruleId);
}

/** The same rules and number `no`, a boolean that is true, as a newer contract has it. */
function withNumber<Rules extends Message>(rules: Rules, no: number): Rules {
  return Object.assign(rules, { $unknown: [{ no, wireType: 0, data: Uint8Array.of(1) }] });
}

function textRules(init: MessageInitShape<typeof StringRulesSchema>, no: number): FieldRules {
  const value = withNumber(create(StringRulesSchema, init), no);
  return create(FieldRulesSchema, { type: { case: "string", value } });
}

describe("rules that are left to the library", () => {
  it("are kept beside the compiled ones", () => {
    const cel = [{ id: "not_b", message: "must not be b", expression: "this != 'b'" }];
    const desc = contract({ cel, type: { case: "string", value: { maxLen: 2n } } });
    expect(["a", "b", "abc"].map((text) => judge(desc, text))).toEqual([true, ["not_b"], ["string.max_len"]]);
  });

  it("are kept where the contract defines them itself, with what stands beside them", () => {
    const desc = contract(textRules({ maxLen: 2n }, 1_001));
    expect(["b", "a", "bbb"].map((text) => judge(desc, text))).toEqual([true, ["no_a"], ["string.max_len"]]);
  });
});

describe("a contract that makes no sense", () => {
  it("is refused for a rule of a newer protovalidate, by the names of field and rule", () => {
    expect(() => validationOf(contract(withNumber(create(FieldRulesSchema), 99)))).toThrow(
      "field test.Root.text: this version of protovalidate has no rule number 99 in buf.validate.FieldRules",
    );
    expect(() => validationOf(contract(textRules({}, 1_002)))).toThrow(
      "field test.Root.text: this version of protovalidate has no rule number 1002 in buf.validate.StringRules",
    );
  });

  it("is refused for rules of another kind and expressions that do not compile", () => {
    expect(() => validationOf(contract({ type: { case: "int32", value: { const: 1 } } }))).toThrow(
      'expected rule "string", got "int32" on field test.Root.text',
    );
    const cel = [{ id: "broken", expression: "this ==" }];
    expect(() => validationOf(contract({ cel }))).toThrow("the rule broken cannot be read: ");
  });
});
