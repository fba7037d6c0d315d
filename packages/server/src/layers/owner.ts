import type { Message } from "@bufbuild/protobuf";
import { type FieldPath, resolveFieldPath } from "@charter/policy";
import { notFound } from "../errors/chassis-error.js";
import type { Endpoint, Layer } from "../server-call.js";
import { eachRequest } from "./each-request.js";

/** Every request message must name its caller as the owner. A foreign object answers as an absent one. */
export function owner(): Layer<Message> {
  return eachRequest((endpoint) => {
    let path: FieldPath | undefined;
    return ({ mustOwn, principal }, request) => {
      if (!mustOwn) return;
      path ??= ownerPath(endpoint);
      if (principal.kind !== "user" || path.read(request) !== principal.subject) throw notFound();
    };
  });
}

function ownerPath({ policy, method }: Endpoint): FieldPath {
  const path = policy.auth.kind === "rule" && policy.auth.owner;
  const resolved = path && resolveFieldPath(method.input, path);
  if (!resolved) throw new TypeError(`${policy.procedure} has no owner field`);
  return resolved;
}
