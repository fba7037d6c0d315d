import type { Message } from "@bufbuild/protobuf";
import type { Violation } from "@bufbuild/protovalidate";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ContractError } from "../errors/contract-error.js";
import { violationPath } from "../errors/violation-path.js";
import type { Layer } from "../server-call.js";
import { type MessageValidation, validationOf } from "../validation/message-validation.js";
import { nulTextFinder } from "../validation/nul-text.js";
import { eachRequest } from "./each-request.js";

/** Violations that one answer lists; a message of thousands of wrong items must not make an answer larger than itself. */
const MAX_VIOLATIONS = 50;

/** Holds every request message against the rules of its contract, and its texts against one rule of ours: no NUL characters. */
export function validate(): Layer<Message> {
  return eachRequest(({ method }) => {
    const validation = validationOf(method.input);
    const findNul = nulTextFinder(method.input);
    return (_, request) => {
      if (!validation.passes(request)) refuse(request, findNul(request), validation);
    };
  });
}

/** Says what is wrong with a request, unless nothing is. */
function refuse(request: Message, nul: string | undefined, validation: MessageValidation): void {
  if (nul !== undefined) throw refused([{ field: nul, description: "must not contain NUL characters" }]);
  const result = validation.judge(request);
  if (result.kind === "invalid") throw invalid(result.violations);
  if (result.kind === "error") throw result.error;
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
