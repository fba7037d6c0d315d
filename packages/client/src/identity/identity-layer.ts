import { type AmbientContext, childTraceparent, currentContext } from "@charter/telemetry";
import { Code } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { type HeaderList, valueIn } from "../header-list.js";
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
    const given = call.header;
    const header: HeaderList = [...given];
    const add = (name: string, value: string | undefined) => {
      if (value !== undefined && valueIn(given, name) === undefined) header.push([name, value]);
    };
    const context = currentContext();
    if (context) passOn(context, given, add);
    if (credentials && valueIn(given, AUTHORIZATION) === undefined)
      add(AUTHORIZATION, await authorizationFor(callee.name, credentials));
    const { progress } = call;
    if (progress.attempts > 0) add(PREVIOUS_ATTEMPTS, String(progress.attempts));
    progress.attempts += 1;
    callee.counters.attempts += 1;
    call.header = header;
    return await next(call);
  };
}

type Add = (name: string, value: string | undefined) => void;

/**
 * What is not recorded here is passed on as it came, so that a callee that records finds its true parent; where nothing came, the
 * callee is told that nobody records. Outside of a call being served the callee decides.
 */
function passOn(context: AmbientContext, header: HeaderList, add: Add): void {
  add(REQUEST_ID, context.requestId);
  add(CRITICALITY, context.criticality);
  if (valueIn(header, TRACEPARENT) !== undefined) return;
  add(TRACEPARENT, context.traceparent ?? childTraceparent(undefined));
  add(TRACESTATE, context.tracestate);
}

async function authorizationFor(audience: string, credentials: Credentials): Promise<string | undefined> {
  try {
    const token = await credentials.tokenFor(audience);
    return token === undefined ? undefined : `Bearer ${token}`;
  } catch (error) {
    throw localError(`no identity for calling ${audience}`, Code.Internal, error);
  }
}
