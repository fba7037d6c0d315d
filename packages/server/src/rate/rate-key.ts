import type { Principal } from "@charter/identity";
import type { RatePolicy } from "@charter/policy";
import type { ServerCall } from "../server-call.js";
import { networkOf } from "./network-of.js";

/**
 * Whose bucket a call draws from, e.g. "user alice", "service buy", "address 192.0.2.1", "all". SUBJECT and CALLER differ only in what they
 * mean: both are the proven user or service, and the address of a call without a token.
 */
export function rateKey(key: RatePolicy["key"], call: Pick<ServerCall, "principal" | "exchange">): string {
  if (key === "global") return "all";
  const proven = key === "address" ? undefined : provenKey(call.principal);
  return proven ?? `address ${networkOf(call.exchange.address)}`;
}

/** The keys of principals that tokens in the verifier's cache have proven. */
const provenKeys = new WeakMap<Principal, string>();

function provenKey(principal: Principal): string | undefined {
  if (principal.kind === "anonymous") return undefined;
  const known = provenKeys.get(principal);
  if (known !== undefined) return known;
  const key = principal.kind === "user" ? `user ${principal.subject}` : `service ${principal.service}`;
  provenKeys.set(principal, key);
  return key;
}
