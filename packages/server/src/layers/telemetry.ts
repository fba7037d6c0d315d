import type { Span, Tracer, Traffic } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

const OK = 0;
/** Codes that tell of a fault on this side; to a server's span all others are answers (OpenTelemetry's conventions for RPC). */
const FAULTS = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss,
]);

/**
 * Counts the call and what it carries, and records it as a span when its trace is recorded. `tracer` is undefined where nothing ever
 * is.
 */
export function telemetry(clock: Clock, tracer: Tracer | undefined): Layer<Uint8Array> {
  const begin = (call: ServerCall): void => {
    call.startedMs = clock.monotonicMs();
    call.endpoint.metrics.begin();
    call.span = tracer && beginSpan(tracer, call);
  };
  const end = (call: ServerCall, code: number): void => {
    call.endpoint.metrics.end(code, clock.monotonicMs() - call.startedMs, call.traffic);
    if (call.span) endSpan(call.span, code);
  };
  const step: LaneStep = {
    enter: begin,
    leave: (call, thrown) => end(call, thrown === undefined ? OK : ConnectError.from(thrown).code),
  };
  const iteration = async function* (
    call: ServerCall,
    next: () => AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    begin(call);
    call.bytes = countReceived(call.bytes, call.traffic);
    // A caller that leaves ends the iteration without an error.
    let code: number = Code.Canceled;
    try {
      for await (const bytes of next()) {
        noteSent(call.traffic, bytes);
        yield bytes;
      }
      code = OK;
    } catch (thrown) {
      code = ConnectError.from(thrown).code;
      throw thrown;
    } finally {
      end(call, code);
    }
  };
  return withSteps(iteration, () => step);
}

/** Counts a request message. */
export function noteReceived(traffic: Traffic, bytes: Uint8Array): void {
  traffic.messagesReceived += 1;
  traffic.bytesReceived += bytes.byteLength;
}

/** Counts a response message. */
export function noteSent(traffic: Traffic, bytes: Uint8Array): void {
  traffic.messagesSent += 1;
  traffic.bytesSent += bytes.byteLength;
}

/** Counts request messages as they are asked for. */
export async function* countReceived(
  source: AsyncIterable<Uint8Array>,
  traffic: Traffic,
): AsyncIterable<Uint8Array> {
  for await (const bytes of source) {
    noteReceived(traffic, bytes);
    yield bytes;
  }
}

function beginSpan(tracer: Tracer, { policy, exchange, dialogue, requestId }: ServerCall): Span | undefined {
  const name = policy.procedure.slice(1);
  const { header } = exchange;
  const context = {
    traceparent: header.get("traceparent"),
    get tracestate() {
      return header.get("tracestate");
    },
  };
  const system = dialogue.protocol === "connect" ? "connectrpc" : "grpc";
  return tracer.begin(name, "server", context, {
    "rpc.system.name": system,
    "rpc.method": name,
    "charter.request_id": requestId,
  });
}

function endSpan(span: Span, code: number): void {
  const name = code === OK ? "ok" : codeToString(code);
  span.set({ "rpc.response.status_code": name.toUpperCase() });
  span.end(FAULTS.has(code) ? name : undefined);
}
