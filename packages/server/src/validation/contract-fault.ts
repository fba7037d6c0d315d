import { parse } from "@bufbuild/cel";
import type { FieldRules, MessageRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** The contract asks for something that neither the chassis nor the library understands, so no message could be held against it. */
export class ContractFault extends Error {
  constructor(what: { toString(): string }, fault: string) {
    super(`${what}: ${fault}`);
    this.name = "ContractFault";
  }
}

/** @throws ContractFault for rules of a newer protovalidate, which the library would pass over in silence */
export function refuseUnknown(
  what: { toString(): string },
  rules: { readonly $typeName: string; readonly $unknown?: readonly { readonly no: number }[] | undefined },
  isKnown: (number: number) => boolean = () => false,
): void {
  for (const { no } of rules.$unknown ?? []) {
    if (isKnown(no)) continue;
    throw new ContractFault(
      what,
      `this version of protovalidate has no rule number ${no} in ${rules.$typeName}`,
    );
  }
}

/** @throws ContractFault for an expression that is none, which the library would notice only when it comes to it */
export function refuseUnreadable(what: { toString(): string }, rules: FieldRules | MessageRules): void {
  const expressions = rules.celExpression.map((expression) => ({ id: expression, expression }));
  for (const { id, expression } of [...rules.cel, ...expressions]) {
    try {
      parse(expression);
    } catch (error) {
      throw new ContractFault(what, `the rule ${id} cannot be read: ${(error as Error).message}`);
    }
  }
}
