import { errorCodes } from "@charter/wire";
import { writeWireAnswer } from "../http/write-wire-answer.js";
import { AnswerFrames } from "./answer-frames.js";
import type { FastCall } from "./fast-call.js";
import type { Outcome } from "./unary-lane.js";

/** Sends what became of calls: plain answers as frames made beforehand, all else as the other lane does. */
export const fastOutcome: Outcome = {
  answer(call, message) {
    if (!sendWhole(call, message)) writeGenerally(call, () => Promise.resolve(message));
  },
  refuse: (call, error) => writeGenerally(call, () => Promise.reject(error)),
  broken(call, error) {
    call.log.error({ err: error }, "a request could not be answered");
    call.exchange.stream.reset(errorCodes.internalError);
  },
};

function sendWhole(call: FastCall, message: Uint8Array): boolean {
  const { protocol, requestId } = call;
  if (!call.hasUsualHeaders || message.byteLength > protocol.maxMessageBytes) return false;
  if (!AnswerFrames.takes(requestId)) return false;
  const { stream } = call.exchange;
  return stream.sendWhole(
    protocol.frames.make(stream.id, requestId, message),
    protocol.frames.dataBytes(message),
  );
}

function writeGenerally(call: FastCall, outcome: () => Promise<Uint8Array>): void {
  write(call, outcome).catch((error: unknown) => fastOutcome.broken(call, error));
}

async function write(call: FastCall, outcome: () => Promise<Uint8Array>): Promise<void> {
  const answer = await call.dialogue.respond(once(outcome), call.responseHeader, call.responseTrailer);
  await writeWireAnswer(answer, call.exchange);
}

async function* once(outcome: () => Promise<Uint8Array>): AsyncIterable<Uint8Array> {
  yield await outcome();
}
