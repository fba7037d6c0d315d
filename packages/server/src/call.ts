import type { Principal } from "@charter/identity";
import type { MethodPolicy } from "@charter/policy";
import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
import { ChassisError, chassisError } from "./errors/chassis-error.js";

/** What a handler knows of the call it serves. */
export interface Call {
  readonly policy: MethodPolicy;
  readonly principal: Principal;
  /** When the answer is of no more use. Outgoing calls inherit it by themselves. */
  readonly deadline: Deadline;
  /** Aborts when the caller is gone, the deadline has passed or the server ends the call. */
  readonly signal: AbortSignal;
  /** Names the call across all services that take part in it. */
  readonly requestId: string;
  readonly log: Logger;
  readonly requestHeader: Headers;
  /** Headers of the answer; may be set until the first message is given. */
  readonly responseHeader: Headers;
  /** Trailers of the answer, also where it is an error; may be set until the handler ends. */
  readonly responseTrailer: Headers;
  readonly peer: { readonly address: string };
}

/**
 * The user who calls.
 *
 * @throws ContractError UNAUTHENTICATED when nobody, or a service, calls
 */
export function userOf(call: Pick<Call, "principal">): { subject: string; roles: readonly string[] } {
  const { principal } = call;
  if (principal.kind !== "user") throw chassisError(ChassisError.TOKEN_MISSING);
  return { subject: principal.subject, roles: principal.roles };
}

/** Whether a user with this role calls. Services have no roles. */
export function hasRole(principal: Principal, role: string): boolean {
  return principal.kind === "user" && principal.roles.includes(role);
}
