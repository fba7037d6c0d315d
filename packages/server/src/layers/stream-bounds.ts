import type { Clock } from "@charter/time";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { IdleTimer } from "../idle-timer.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

/** What a stream may not outlive beside its age: the longest silence, and the most messages in one direction. */
export function streamBounds(clock: Clock): Layer<Uint8Array> {
  const idleTimer = (call: ServerCall): IdleTimer =>
    new IdleTimer(clock, call.policy.stream.maxIdleMs, () =>
      call.abort(chassisError(ChassisError.STREAM_IDLE)),
    );
  const step: LaneStep = {
    enter(call) {
      call.idle = idleTimer(call);
    },
    check: (call) => call.idle?.note(),
    message(call) {
      const { maxMessages = Number.POSITIVE_INFINITY } = call.policy.stream;
      if (call.traffic.messagesSent >= maxMessages) throw tooLong(maxMessages);
    },
    leave: (call) => call.idle?.clear(),
  };
  const iteration = async function* (
    call: ServerCall,
    next: () => AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    if (call.policy.kind === "unary") return yield* next();
    const { maxMessages } = call.policy.stream;
    const idle = idleTimer(call);
    const note = () => idle.note();
    call.bytes = counted(call.bytes, maxMessages, note);
    try {
      yield* counted(next(), maxMessages, note);
    } finally {
      idle.clear();
    }
  };
  return withSteps(iteration, ({ policy }) => (policy.kind === "unary" ? {} : step));
}

async function* counted<T>(
  source: AsyncIterable<T>,
  maxMessages = Number.POSITIVE_INFINITY,
  onMessage: () => void,
): AsyncIterable<T> {
  let count = 0;
  for await (const value of source) {
    count += 1;
    if (count > maxMessages) throw tooLong(maxMessages);
    onMessage();
    yield value;
  }
}

function tooLong(maxMessages: number) {
  return chassisError(ChassisError.STREAM_TOO_LONG, { metadata: { max_messages: String(maxMessages) } });
}
