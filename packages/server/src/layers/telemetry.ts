import type { Span, Tracer, Traffic } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { Layer, ServerCall } from "../server-call.js";

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
  return async function* (call, next) {
    const startedMs = clock.monotonicMs();
    const { metrics } = call.endpoint;
    metrics.begin();
    call.span = tracer && beginSpan(tracer, call);
    call.bytes = countReceived(call.bytes, call.traffic);
    // A caller that leaves ends the iteration without an error.
    let code: number = Code.Canceled;
    try {
      for await (const bytes of next()) {
        call.traffic.messagesSent += 1;
        call.traffic.bytesSent += bytes.byteLength;
        yield bytes;
      }
      code = OK;
    } catch (thrown) {
      code = ConnectError.from(thrown).code;
      throw thrown;
    } finally {
      metrics.end(code, clock.monotonicMs() - startedMs, call.traffic);
      if (call.span) endSpan(call.span, code);
    }
  };
}

async function* countReceived(
  source: AsyncIterable<Uint8Array>,
  traffic: Traffic,
): AsyncIterable<Uint8Array> {
  for await (const bytes of source) {
    traffic.messagesReceived += 1;
    traffic.bytesReceived += bytes.byteLength;
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
