import { parseTraceparent } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { RefusalLog } from "../admission/refusal-log.js";
import { isRefusal } from "../admission/refusals.js";
import { errorReasonOf } from "../errors/error-reason.js";
import { subjectOf } from "../principal-subject.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

/** Codes that tell of a fault on this side. */
const FAULTS = [Code.Internal, Code.Unknown, Code.DataLoss];

/**
 * One line per call: what was called, by whom, how it ended, how long it took and how much it carried. Successes as the contract's `log` says, errors
 * always, but those that are refused for load together. `random` draws the sample, from 0 up to 1. Default: Math.random.
 */
export function accessLog<T>(
  clock: Clock,
  refusals: RefusalLog,
  random: () => number = Math.random,
): Layer<T> {
  const end = (call: ServerCall, ended: ConnectError | "ok" | "abandoned"): void => {
    if (ended === "ok" && !isDrawn(call, random)) return;
    if (isRefusal(ended)) return refusals.note(call.policy.procedure);
    const durationMs = Math.round((clock.monotonicMs() - call.startedMs) * 1_000) / 1_000;
    if (ended === "ok") logSuccess(call, durationMs);
    else logFailure(call, durationMs, ended);
  };
  const step: LaneStep = {
    leave: (call, thrown) => end(call, thrown === undefined ? "ok" : ConnectError.from(thrown)),
  };
  const iteration = async function* (call: ServerCall, next: () => AsyncIterable<T>): AsyncIterable<T> {
    let ended: ConnectError | "ok" | "abandoned" = "abandoned";
    try {
      yield* next();
      ended = "ok";
    } catch (thrown) {
      ended = ConnectError.from(thrown);
      throw thrown;
    } finally {
      end(call, ended);
    }
  };
  return withSteps(iteration, () => step);
}

/** Whether a call that has succeeded is logged. */
function isDrawn({ policy }: ServerCall, random: () => number): boolean {
  const { level, sample } = policy.log;
  return level !== "none" && (sample >= 1 || random() < sample);
}

function logSuccess(call: ServerCall, durationMs: number): void {
  const { level } = call.policy.log;
  if (level !== "none") call.log[level](line(call, "ok", durationMs), "call");
}

function logFailure(call: ServerCall, durationMs: number, error: ConnectError | "abandoned"): void {
  if (error === "abandoned") {
    call.log.warn(line(call, "canceled", durationMs), "call");
    return;
  }
  const reason = errorReasonOf(error);
  const fields = { ...line(call, codeToString(error.code), durationMs), ...(reason && { reason }) };
  call.log[FAULTS.includes(error.code) ? "error" : "warn"](fields, "call");
}

function line(call: ServerCall, code: string, durationMs: number): Record<string, unknown> {
  const { traffic, exchange } = call;
  return {
    procedure: call.policy.procedure,
    protocol: call.dialogue.protocol,
    code,
    durationMs,
    subject: subjectOf(call.principal),
    requestId: call.requestId,
    traceId: parseTraceparent(call.span?.traceparent ?? exchange.header.get("traceparent"))?.traceId,
    attempt: attemptOf(exchange.header),
    bytesIn: traffic.bytesReceived,
    bytesOut: traffic.bytesSent,
    ...(call.policy.kind !== "unary" && {
      messagesIn: traffic.messagesReceived,
      messagesOut: traffic.messagesSent,
    }),
    peer: exchange.address,
  };
}

/** Which attempt of its caller this is, from 1: callers that retry say how many went before (gRFC A6). */
function attemptOf(header: Headers): number {
  const before = header.get("grpc-previous-rpc-attempts");
  return before !== null && /^\d{1,2}$/.test(before) ? Number(before) + 1 : 1;
}
