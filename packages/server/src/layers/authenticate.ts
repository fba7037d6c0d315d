import { anonymous, InvalidTokenError, type Principal, type Verifier } from "@charter/identity";
import { Code, ConnectError } from "@connectrpc/connect";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Layer, ServerCall } from "../server-call.js";
import { gate } from "./gate.js";

/**
 * Finds out who calls, before the body is read. A public method takes a token that proves nothing for no token at all: it is
 * how a caller with an expired token gets a new one.
 */
export function authenticate<T>(verifier: Verifier): Layer<T> {
  return gate(async (call) => {
    call.principal = await principalOf(call, verifier);
  });
}

async function principalOf(call: ServerCall, verifier: Verifier): Promise<Principal> {
  const authorization = call.exchange.header.get("authorization");
  if (authorization === null) return anonymous;
  try {
    return await verifier.verify(authorization);
  } catch (error) {
    call.log.debug({ err: error, procedure: call.policy.procedure }, "token not accepted");
    if (call.policy.auth.kind === "public") return anonymous;
    if (error instanceof InvalidTokenError) throw chassisError(ChassisError.TOKEN_INVALID);
    throw unavailable(call, error);
  }
}

function unavailable(call: ServerCall, error: unknown): ConnectError {
  call.log.error({ err: error, procedure: call.policy.procedure }, "tokens cannot be verified");
  return new ConnectError("tokens cannot be verified at the moment", Code.Unavailable);
}
