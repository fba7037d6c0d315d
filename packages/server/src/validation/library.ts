import { createRegistry, type DescExtension, type DescFile, type Message } from "@bufbuild/protobuf";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { file_buf_validate_validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { filesOf } from "../files-of.js";

/** Making a validator takes a tenth of a second, so it is made once. */
let common: Validator | undefined;
const own = new WeakMap<DescFile, Validator>();

/** The library, which judges the messages of a file's types. A file with predefined rules within its reach has one of its own. */
export function libraryFor(file: DescFile): Validator {
  const predefined = predefinedRules(file);
  if (predefined.length === 0) {
    common ??= createValidator();
    return common;
  }
  const validator = own.get(file) ?? createValidator({ registry: createRegistry(...predefined) });
  own.set(file, validator);
  return validator;
}

/** Whether a contract that a file can reach defines a rule with this number for values of this kind. */
export function isPredefined(file: DescFile, rules: Message, number: number): boolean {
  return predefinedRules(file).some((it) => it.extendee.typeName === rules.$typeName && it.number === number);
}

function predefinedRules(file: DescFile): readonly DescExtension[] {
  const rules = new Set(file_buf_validate_validate.messages.map((it) => it.typeName));
  return [...filesOf(file)].flatMap(({ extensions }) =>
    extensions.filter((it) => rules.has(it.extendee.typeName)),
  );
}
