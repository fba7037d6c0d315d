import type { Message } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import { type FieldPath, resolveFieldPath } from "@charter/policy";
import { celRuleOf } from "../auth/cel-rules.js";
import { ChassisError, chassisError, notFound } from "../errors/chassis-error.js";
import type { Layer } from "../server-call.js";
import { eachRequest } from "./each-request.js";

/**
 * Whom nothing else has let pass must be named as the owner in every request message, or satisfy the rule's expression. A foreign object
 * answers as an absent one; where the rule looks at no object, the caller is refused.
 */
export function owner(): Layer<Message> {
  return eachRequest((endpoint) => {
    const { method, policy } = endpoint;
    const path =
      policy.auth.kind === "rule" && policy.auth.owner
        ? resolveFieldPath(method.input, policy.auth.owner)
        : undefined;
    const rule = celRuleOf(endpoint);
    const ofObject = path !== undefined || rule?.readsRequest === true;
    return ({ mustOwn, principal }, request) => {
      if (!mustOwn || owns(path, principal, request) || rule?.admits(principal, request)) return;
      throw ofObject ? notFound() : chassisError(ChassisError.NOT_PERMITTED);
    };
  });
}

function owns(path: FieldPath | undefined, principal: Principal, request: Message): boolean {
  return path !== undefined && principal.kind === "user" && path.read(request) === principal.subject;
}
