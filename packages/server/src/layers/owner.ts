import type { Message } from "@bufbuild/protobuf";
import { type FieldPath, resolveFieldPath } from "@charter/policy";
import { notFound } from "../errors/chassis-error.js";
import type { Layer, ServerCall } from "../server-call.js";
import { mapEach } from "./map-each.js";

/** Every request message must name its caller as the owner. A foreign object answers as an absent one. */
export function owner(): Layer<Message> {
  return async function* (call, next) {
    if (call.mustOwn) call.requests = mapEach(call.requests, checkOwner(call));
    yield* next();
  };
}

function checkOwner(call: ServerCall): (request: Message) => Message {
  const path = ownerPath(call);
  return (request) => {
    if (call.principal.kind === "user" && path.read(request) === call.principal.subject) return request;
    throw notFound();
  };
}

function ownerPath({ policy, method }: ServerCall): FieldPath {
  const path = policy.auth.kind === "rule" && policy.auth.owner;
  const resolved = path && resolveFieldPath(method.input, path);
  if (!resolved) throw new TypeError(`${policy.procedure} has no owner field`);
  return resolved;
}
