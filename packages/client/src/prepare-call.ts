import type { DescMethod } from "@bufbuild/protobuf";
import type { MethodPolicy } from "@charter/policy";
import { type AmbientContext, childTraceparent, currentContext } from "@charter/telemetry";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { callPolicy } from "./call-policy.js";
import type { Callee } from "./callee.js";
import { explainFailure } from "./explain-failure.js";
import { markNotSent } from "./not-sent.js";

const AUTHORIZATION = "authorization";
const REQUEST_ID = "x-request-id";
const TRACEPARENT = "traceparent";
const MAX_TIMEOUT_MS = 99_999_999;

/** Gives the token to show to a callee, or undefined to show none. A ServiceIdentity is one. */
export interface Credentials {
  tokenFor(audience: string): Promise<string | undefined>;
}

/** A call as the application wants it. */
export interface CallIntent {
  readonly method: DescMethod;
  readonly callee: Callee;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly header: Headers;
  readonly credentials: Credentials | undefined;
}

/** A call as it goes out. */
export interface PreparedCall {
  readonly transport: Transport;
  readonly signal: AbortSignal | undefined;
  /** Undefined for a stream without a bound. */
  readonly timeoutMs: number | undefined;
  readonly header: Headers;
  /** To be called when the callee has answered. */
  readonly answered: () => void;
  /** Turns whatever the transport threw into the error that the application sees. */
  readonly explain: (error: unknown) => ConnectError;
}

/** Gives a call its deadline, identity, trace and signal. Rejects when it is over before it begins; then nothing was sent. */
export async function prepareCall(intent: CallIntent): Promise<PreparedCall> {
  const { method, callee, header, credentials } = intent;
  const context = currentContext();
  const policy = callPolicy(method);
  propagate(header, context);
  if (!header.has(AUTHORIZATION) && credentials) await identify(header, credentials, callee);
  const signal = eitherSignal(intent.signal, context?.signal);
  const timeoutMs = timeoutOf(policy, intent.timeoutMs, context);
  refuseWhenOver(callee, policy, signal, timeoutMs);
  const explain = (error: unknown) => explainFailure(error, { callee, policy, signal, timeoutMs });
  const answered = () => callee.noteReachable(true);
  return { transport: callee.transportFor(policy.payload), signal, timeoutMs, header, answered, explain };
}

function propagate(header: Headers, context: AmbientContext | undefined): void {
  if (context && !header.has(REQUEST_ID)) header.set(REQUEST_ID, context.requestId);
  if (!header.has(TRACEPARENT)) header.set(TRACEPARENT, childTraceparent(context?.traceparent));
}

async function identify(header: Headers, credentials: Credentials, { target }: Callee): Promise<void> {
  try {
    const token = await credentials.tokenFor(target.audience);
    if (token !== undefined) header.set(AUTHORIZATION, `Bearer ${token}`);
  } catch (error) {
    throw localError(`no identity for calling ${target.audience}`, Code.Internal, error);
  }
}

function eitherSignal(own: AbortSignal | undefined, ambient: AbortSignal | undefined) {
  return own && ambient ? AbortSignal.any([own, ambient]) : (own ?? ambient);
}

function timeoutOf(policy: MethodPolicy, own: number | undefined, context: AmbientContext | undefined) {
  const bounds = [context?.deadline?.remainingMs(), own];
  if (policy.kind === "unary")
    bounds.push(own === undefined ? policy.deadline.defaultMs : policy.deadline.maxMs);
  const timeoutMs = Math.min(...bounds.filter((bound) => bound !== undefined));
  // On the wire a timeout is a whole number of at most eight digits.
  return Number.isFinite(timeoutMs) ? Math.min(Math.floor(timeoutMs), MAX_TIMEOUT_MS) : undefined;
}

function refuseWhenOver(
  callee: Callee,
  policy: MethodPolicy,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): void {
  if (callee.closed) throw localError("the channel is closed", Code.Canceled);
  if (signal?.aborted) {
    const error = explainFailure(signal.reason, { callee, policy, signal, timeoutMs });
    throw localError(error.rawMessage, error.code, signal.reason);
  }
  // To the transport, no time left would mean no bound.
  if (timeoutMs !== undefined && timeoutMs <= 0) {
    throw localError(`no time was left to call ${callee.target.audience}`, Code.DeadlineExceeded);
  }
}

/** An error made here, before anything was sent. Its cause tells a server that it is no answer to that server's own caller. */
function localError(message: string, code: Code, cause: unknown = new Error(message)): ConnectError {
  return markNotSent(new ConnectError(message, code, undefined, undefined, cause));
}
