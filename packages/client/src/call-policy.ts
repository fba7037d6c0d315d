import type { DescMethod } from "@bufbuild/protobuf";
import { compileMethod, type MethodPolicy } from "@charter/policy";

const compiled = new WeakMap<DescMethod, MethodPolicy>();

/**
 * The policy to call a method by. Unlike a server, a client may call contracts without options (grpc.health.v1, for example):
 * who may call is the callee's business.
 * @throws PolicyError when the contract contradicts itself
 */
export function callPolicy(method: DescMethod): MethodPolicy {
  const known = compiled.get(method);
  if (known) return known;
  const policy = compileMethod(method, { auth: { kind: { case: "public", value: true } } });
  compiled.set(method, policy);
  return policy;
}
