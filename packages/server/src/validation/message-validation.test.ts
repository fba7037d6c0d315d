import { type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { createValidator, type ValidationResult } from "@bufbuild/protovalidate";
import {
  FieldRulesSchema,
  field as fieldRules,
  message as messageRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { RandomContract, standardRules } from "../testing/random-contract.js";
import { RandomMessage } from "../testing/random-message.js";
import { RandomValues } from "../testing/random-values.js";
import { validationOf } from "./message-validation.js";
import { nulTextFinder } from "./nul-text.js";
import { ruleTables } from "./rule-tables.js";

const library = createValidator();

/** How many contracts are tried until one message has broken a rule and one kept it. */
const MAX_CONTRACTS = 60;
/** And how many at least, half of them with rare values. */
const MIN_CONTRACTS = 4;

/** Holds random messages against a contract, by the library and by what is compiled. */
function compare(desc: DescMessage, messages: RandomMessage, times: number): Compared[] {
  const { passes } = validationOf(desc);
  const findNul = nulTextFinder(desc);
  return Array.from({ length: times }, () => {
    const message = messages.of(desc);
    const result = library.validate(desc, message);
    const isFine = result.kind === "valid" && findNul(message) === undefined;
    return { desc, message, result, isFine, passes: passes(message) };
  });
}

interface Compared {
  readonly desc: DescMessage;
  readonly message: Message;
  readonly result: ValidationResult;
  readonly isFine: boolean;
  readonly passes: boolean;
}

function shown({ desc, message, result, passes }: Compared): string {
  const contract = desc.file.messages.map((type) => ({
    of: getOption(type, messageRules),
    fields: type.fields.map((it) => [it.toString(), getOption(it, fieldRules)]),
  }));
  const library = [result.error?.message, ...(result.violations ?? []).map(String)];
  return JSON.stringify({ message, passes, library, contract }, (key, value) =>
    key === "$typeName" ? undefined : typeof value === "bigint" ? `${value}n` : value,
  );
}

function breaks({ result }: Compared, rule: string): boolean {
  return (result.violations ?? []).some((it) =>
    it.rule.some((part) => part.kind === "field" && part.name === rule),
  );
}

describe("validationOf", () => {
  it("has a place for every standard rule", () => {
    const missing = standardRules.filter(([kind, rule]) => !ruleTables[kindName(kind)]?.[rule.name]);
    expect(missing.map(([kind, rule]) => `${kind}.${rule.name}`)).toEqual([]);
  });

  it("agrees with the library on every standard rule", () => {
    const random = seededRandom();
    return random.reporting(() => {
      const untried = standardRules.filter(([kind, rule]) => {
        const seen = { passing: false, breaking: false };
        for (
          let times = 0;
          times < MAX_CONTRACTS && !(seen.passing && seen.breaking && times >= MIN_CONTRACTS);
          times += 1
        ) {
          const isRare = times % 2 === 1;
          const compared = compareAll(random, isRare, (contracts) => contracts.withRule(kind, rule), 60);
          seen.passing ||= compared.some((it) => it.passes);
          seen.breaking ||= compared.some((it) => breaks(it, rule.name));
        }
        return !(seen.passing && seen.breaking);
      });
      expect(untried.map(([kind, rule]) => `${kind}.${rule.name}`)).toEqual([]);
    });
  });

  it.each([false, true])("agrees with the library on any rules together, rare values: %s", (isRare) => {
    const random = seededRandom();
    return random.reporting(() => {
      const compared = Array.from({ length: 120 }, () => compareAll(random, isRare, (it) => it.any(), 8));
      expect(compared.flat().some((it) => it.passes)).toBe(true);
    });
  });
});

/** Rare values may take the way through the library though nothing is wrong with them, but never the other way round. */
function compareAll(
  random: SeededRandom,
  isRare: boolean,
  make: (contracts: RandomContract) => DescMessage,
  times: number,
): Compared[] {
  const values = new RandomValues(random, isRare);
  const desc = make(new RandomContract(random, values));
  const compared = compare(desc, new RandomMessage(random, values), times);
  const wrong = compared.filter((it) => (isRare ? it.passes && !it.isFine : it.passes !== it.isFine));
  expect(wrong.map(shown)).toEqual([]);
  return compared;
}

function kindName(kind: string): string {
  return FieldRulesSchema.fields.find((it) => it.localName === kind)?.name ?? kind;
}
