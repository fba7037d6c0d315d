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
  return proven ?? addressKey(call.exchange.address);
}

/** Keys of addresses that were seen lately. */
const addressKeys = new Map<string, string>();
const MAX_ADDRESS_KEYS = 4_096;

function addressKey(address: string): string {
  const known = addressKeys.get(address);
  if (known !== undefined) return known;
  if (addressKeys.size >= MAX_ADDRESS_KEYS) addressKeys.clear();
  const key = `address ${networkOf(address)}`;
  addressKeys.set(address, key);
  return key;
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
