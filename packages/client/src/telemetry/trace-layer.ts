import type { MethodPolicy } from "@charter/policy";
import { codeNames, currentContext, type Span } from "@charter/telemetry";
import { withField } from "../header-list.js";
import type { Answer, Layer, OutgoingCall, Send } from "../outgoing-call.js";
import { whenEnded } from "./when-ended.js";

const OK = 0;

/** Where the call being served is recorded, so is each attempt that it makes, and the callee is told to record what it does. */
export function traceLayer({ procedure }: MethodPolicy): Layer {
  const name = procedure.slice(1);
  return (next) => (call) => {
    const parent = currentContext()?.span;
    return parent ? traced(parent, name, call, next) : next(call);
  };
}

function traced(parent: Span, name: string, call: OutgoingCall, next: Send): Promise<Answer> {
  const span = parent.child(name, "client", {
    "rpc.system.name": "grpc",
    "rpc.method": name,
    "server.address": call.endpoint?.key ?? "",
    "charter.attempt": call.progress.attempts + 1,
  });
  const traced = withField(call.header, "traceparent", span.traceparent);
  const header = span.tracestate === undefined ? traced : withField(traced, "tracestate", span.tracestate);
  call.header = header;
  return whenEnded(next(call), (code) => {
    const codeName = codeNames[code] ?? "unknown";
    span.set({ "rpc.response.status_code": codeName.toUpperCase() });
    span.end(code === OK ? undefined : codeName);
  });
}
