import type { MethodPolicy } from "@charter/policy";
import { Code, type StreamResponse } from "@connectrpc/connect";
import type { Callee } from "../callee/callee.js";
import { explainFailure } from "../explain-failure.js";
import { localError } from "../local-error.js";
import type { Send } from "../outgoing-call.js";
import { newTrace } from "../pool/connection.js";
import { lostBeforeSent } from "./lost-before-sent.js";

/** Turns whatever an attempt threw into the error that the application sees. */
type Explain = (thrown: unknown) => Error;

/** Sends the call once, over a connection of the endpoint that was picked, in the time that is left. */
export function attempt(policy: MethodPolicy, callee: Callee): Send {
  return async (call) => {
    const { endpoint, deadline, signal, header, timeoutMs } = call;
    const connection = endpoint?.pool.take();
    if (!endpoint || !connection) throw lostBeforeSent(callee.name);
    const remainingMs = deadline && Math.floor(deadline.remainingMs());
    if (remainingMs === 0) throw localError(`no time was left to call ${callee.name}`, Code.DeadlineExceeded);
    const trace = newTrace();
    const { left, judged } = endpoint.begin(policy.kind);
    const explain = (thrown: unknown) =>
      explainFailure(thrown, { callee, policy, signal, timeoutMs, deadline, trace });
    // A stream leaves when it is closed, wherever its messages are; a unary call when it is answered.
    if (policy.kind !== "unary") trace.onClosed = () => left(false);
    try {
      const transport = connection.transport(policy.payload, trace);
      const answer = await call.request.send(transport, { signal, timeoutMs: remainingMs, header });
      if (answer.stream) return { ...answer, message: explained(answer, explain, judged) };
      left(true);
      judged(undefined);
      return answer;
    } catch (thrown) {
      const error = explain(thrown);
      left(false);
      judged(error);
      throw error;
    }
  };
}

async function* explained(
  { message }: StreamResponse,
  explain: Explain,
  judged: (error: unknown) => void,
): StreamResponse["message"] {
  try {
    yield* message;
    judged(undefined);
  } catch (thrown) {
    const error = explain(thrown);
    judged(error);
    throw error;
  }
}
