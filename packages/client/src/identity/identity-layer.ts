import { type AmbientContext, childTraceparent, currentContext } from "@charter/telemetry";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { localError } from "../local-error.js";
import type { Layer } from "../outgoing-call.js";

const AUTHORIZATION = "authorization";
const REQUEST_ID = "x-request-id";
/** What the work is that the call is part of: a quote for a checkout is as critical as the checkout. */
const CRITICALITY = "charter-criticality";
const TRACEPARENT = "traceparent";
const TRACESTATE = "tracestate";
/** gRFC A6: how many attempts went before this one; absent on the first. */
const PREVIOUS_ATTEMPTS = "grpc-previous-rpc-attempts";

/** Gives the token to show to a callee, or undefined to show none. A ServiceIdentity is one. */
export interface Credentials {
  tokenFor(audience: string): Promise<string | undefined>;
}

/** Says who calls, for which request, and which attempt it is: on headers of the attempt's own. */
export function identityLayer(callee: Callee, credentials: Credentials | undefined): Layer {
  return (next) => async (call) => {
    const header = new Headers(call.header);
    const context = currentContext();
    if (context && !header.has(REQUEST_ID)) header.set(REQUEST_ID, context.requestId);
    if (context?.criticality && !header.has(CRITICALITY)) header.set(CRITICALITY, context.criticality);
    if (context && !header.has(TRACEPARENT)) passTraceOn(context, header);
    if (!header.has(AUTHORIZATION) && credentials) await identify(header, credentials, callee.name);
    const { progress } = call;
    if (progress.attempts > 0) header.set(PREVIOUS_ATTEMPTS, String(progress.attempts));
    progress.attempts += 1;
    callee.counters.attempts += 1;
    return next({ ...call, header });
  };
}

/**
 * What is not recorded here is passed on as it came, so that a callee that records finds its true parent; where nothing came, the
 * callee is told that nobody records. Outside of a call being served the callee decides.
 */
function passTraceOn({ traceparent, tracestate }: AmbientContext, header: Headers): void {
  header.set(TRACEPARENT, traceparent ?? childTraceparent(undefined));
  if (tracestate !== undefined) header.set(TRACESTATE, tracestate);
}

async function identify(header: Headers, credentials: Credentials, audience: string): Promise<void> {
  try {
    const token = await credentials.tokenFor(audience);
    if (token !== undefined) header.set(AUTHORIZATION, `Bearer ${token}`);
  } catch (error) {
    throw localError(`no identity for calling ${audience}`, Code.Internal, error);
  }
}
