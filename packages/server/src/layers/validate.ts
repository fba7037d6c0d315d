import type { Message } from "@bufbuild/protobuf";
import { createValidator, type Validator, type Violation } from "@bufbuild/protovalidate";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";
import { violationPath } from "../errors/violation-path.js";
import type { Layer } from "../server-call.js";
import { eachRequest } from "./each-request.js";
import { nulTextFinder } from "./nul-text.js";

/** Violations that one answer lists; a message of thousands of wrong items must not make an answer larger than itself. */
const MAX_VIOLATIONS = 50;

/** Holds every request message against the rules of its contract, and its texts against one rule of ours: no NUL characters. */
export function validate(validator: Validator = createValidator()): Layer<Message> {
  return eachRequest(({ method }) => {
    const findNul = nulTextFinder(method.input);
    return (_, request) => {
      const nul = findNul(request);
      if (nul !== undefined) throw refused([{ field: nul, description: "must not contain NUL characters" }]);
      const result = validator.validate(method.input, request);
      if (result.kind === "invalid") throw invalid(result.violations);
      if (result.kind === "error") throw result.error;
    };
  });
}

function invalid(violations: readonly Violation[]): ContractError {
  const fieldViolations = violations.slice(0, MAX_VIOLATIONS).map((it) => ({
    field: violationPath(it.field),
    description: it.message || it.ruleId,
  }));
  return refused(fieldViolations);
}

function refused(fieldViolations: { field: string; description: string }[]): ContractError {
  const sentences = fieldViolations.map(({ field, description }) =>
    field ? `${field}: ${description}` : description,
  );
  return chassisError(ChassisError.REQUEST_INVALID, { message: sentences.join("; "), fieldViolations });
}
