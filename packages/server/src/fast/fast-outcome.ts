import { errorCodes } from "@charter/wire";
import { isRefusal } from "../admission/refusals.js";
import { writeWireAnswer } from "../http/write-wire-answer.js";
import { AnswerFrames } from "./answer-frames.js";
import type { FastCall } from "./fast-call.js";
import { once } from "./once.js";
import type { UnaryOutcome } from "./unary-lane.js";

/** A longer answer needs more frames than one with a peer that allows the initial size, which nearly all do (RFC 9113, section 6.5.2). */
const MAX_WHOLE_BYTES = 16_384;

/** Sends what became of calls: plain answers as frames made beforehand, all else as the other lane does. */
export const fastOutcome: UnaryOutcome<FastCall> = {
  answer(call, message) {
    if (!isPlain(call, message)) writeGenerally(call, () => Promise.resolve(message));
    else if (!sendWhole(call, message)) sendInParts(call, message);
  },
  refuse(call, error) {
    const { refusals, exchange } = call;
    if (isRefusal(error) && call.hasUsualHeaders) refusals.send(exchange.stream, error, () => exchange);
    else writeGenerally(call, () => Promise.reject(error));
  },
  broken(call, error) {
    call.log.error({ err: error }, "a request could not be answered");
    call.exchange.stream.reset(errorCodes.internalError);
  },
};

function isPlain(call: FastCall, message: Uint8Array): boolean {
  if (!call.hasUsualHeaders || message.byteLength > call.protocol.maxMessageBytes) return false;
  return AnswerFrames.takes(call.requestId);
}

function sendWhole({ protocol, requestId, exchange }: FastCall, message: Uint8Array): boolean {
  const { stream } = exchange;
  const { frames } = protocol;
  const dataBytes = frames.dataBytes(message);
  if (dataBytes > MAX_WHOLE_BYTES) return false;
  return stream.sendWhole(frames.make(stream.id, requestId, message), dataBytes);
}

/** A long answer, or one for which the peer's windows have no room now. */
function sendInParts({ protocol, requestId, exchange }: FastCall, message: Uint8Array): void {
  const { stream } = exchange;
  const { frames } = protocol;
  stream.sendHeaders(frames.head(requestId, message), false);
  stream.sendPieces(frames.data(message), frames.trailers === undefined);
  if (frames.trailers) stream.sendTrailers(frames.trailers);
}

function writeGenerally(call: FastCall, outcome: () => Promise<Uint8Array>): void {
  write(call, outcome).catch((error: unknown) => fastOutcome.broken(call, error));
}

async function write(call: FastCall, outcome: () => Promise<Uint8Array>): Promise<void> {
  const answer = await call.dialogue.respond(once(outcome), call.responseHeader, call.responseTrailer);
  await writeWireAnswer(answer, call.exchange);
}
