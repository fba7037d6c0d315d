import { giveUp, sendAnswer } from "../http/node-listener.js";
import { acceptedEncodings, COMPRESS_MIN_BYTES } from "../protocols/compression.js";
import type { Http1Call } from "./http1-call.js";
import { once } from "./once.js";
import type { UnaryOutcome } from "./unary-lane.js";

/** Sends what became of calls over HTTP/1.1: short plain answers at once, all else as the other lane does. */
export const http1Outcome: UnaryOutcome<Http1Call> = {
  answer(call, message) {
    // A longer one may be compressed, or have to wait for a caller that does not read.
    if (call.hasUsualHeaders && message.byteLength < COMPRESS_MIN_BYTES) writeAtOnce(call, message);
    else writeGenerally(call, () => Promise.resolve(message));
  },
  refuse: (call, error) => writeGenerally(call, () => Promise.reject(error)),
  broken: (call, error) => giveUp(error, call.exchange.response, call.log),
};

function writeAtOnce({ contentType, exchange, requestId, options }: Http1Call, message: Uint8Array): void {
  const { response } = exchange;
  if (response.destroyed) return;
  const fields = ["accept-encoding", acceptedEncodings, "content-type", contentType];
  fields.push("x-request-id", requestId, "content-length", String(message.byteLength));
  if (options.lifecycle.draining) fields.push("connection", "close");
  response.writeHead(200, fields);
  // As text, which goes out in one piece with the head.
  response.end(
    Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString("latin1"),
    "latin1",
  );
}

function writeGenerally(call: Http1Call, outcome: () => Promise<Uint8Array>): void {
  write(call, outcome).catch((error: unknown) => http1Outcome.broken(call, error));
}

async function write(call: Http1Call, outcome: () => Promise<Uint8Array>): Promise<void> {
  const { dialogue, exchange, options, responseHeader, responseTrailer } = call;
  const answer = await dialogue.respond(once(outcome), responseHeader, responseTrailer);
  await sendAnswer(answer, exchange.request, exchange.response, options);
}
