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
  const verify = async (call: ServerCall, authorization: string) => {
    call.principal = await principalOf(call, authorization, verifier);
  };
  return gate((call) => {
    const authorization = call.exchange.header.get("authorization");
    if (authorization === null) return undefined;
    const known = verifier.recall?.(authorization);
    if (!known) return verify(call, authorization);
    call.principal = known;
    return undefined;
  });
}

async function principalOf(call: ServerCall, authorization: string, verifier: Verifier): Promise<Principal> {
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
