import { fieldsOf, writeRest } from "../http/write-wire-answer.js";
import { COMPRESSED } from "../protocols/envelope.js";
import { AnswerFrames } from "./answer-frames.js";
import type { FastCall } from "./fast-call.js";
import { fastOutcome } from "./fast-outcome.js";
import { once } from "./once.js";

const ENVELOPE_BYTES = 5;
/** Messages are collected up to so many bytes, which fit one frame of the initial size (RFC 9113, section 6.5.2); a longer one goes by itself. */
const MAX_RUN_BYTES = 16_384;
const EMPTY = Buffer.alloc(0);

/** A stream of messages in answer to a call. Those of one turn of the event loop are sent together. */
export class StreamAnswer {
  readonly #call: FastCall;
  #run: Uint8Array[] = [];
  /** The flags of the envelopes of the run. */
  #flags: number[] = [];
  #runBytes = 0;
  #willFlush = false;
  #hasBegun = false;
  #waits: Promise<unknown> | undefined;

  constructor(call: FastCall) {
    this.#call = call;
  }

  /** Whether anything of it is on its way. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Resolves when the caller has taken enough, or is gone; undefined while more may be pushed at once. */
  get waits(): Promise<unknown> | undefined {
    return this.#waits;
  }

  push(message: Uint8Array, isCompressed: boolean): void {
    if (!this.#hasBegun) this.#begin();
    const bytes = ENVELOPE_BYTES + message.byteLength;
    if (this.#runBytes + bytes > MAX_RUN_BYTES) this.#flush();
    this.#run.push(message);
    this.#flags.push(isCompressed ? COMPRESSED : 0);
    this.#runBytes += bytes;
    if (this.#willFlush) return;
    this.#willFlush = true;
    // A turn is a moment: its other messages are not noted each.
    this.#call.idle?.note();
    // After all that the handler gives without waiting.
    process.nextTick(this.#flushTurn);
  }

  /** All messages were pushed. */
  end(): void {
    if (!this.#hasBegun) this.#begin();
    this.#flush();
    const { hasUsualHeaders, protocol, exchange } = this.#call;
    if (!hasUsualHeaders) return this.#endWith(nothing());
    const { trailers, after } = protocol.frames;
    if (trailers) exchange.stream.sendTrailers(trailers);
    else exchange.stream.sendData(after, true);
  }

  /** It ends with an error. */
  fail(error: unknown): void {
    this.#flush();
    this.#endWith(once(() => Promise.reject(error)));
  }

  #begin(): void {
    this.#hasBegun = true;
    const { protocol, requestId, exchange, hasUsualHeaders } = this.#call;
    const { stream } = exchange;
    if (hasUsualHeaders && AnswerFrames.takes(requestId))
      return stream.sendHeaders(protocol.frames.head(requestId, EMPTY), false);
    const { responseHeader } = this.#call;
    for (const { name, value } of protocol.frames.header) responseHeader.set(name, value);
    const fields = [{ name: ":status", value: "200" }, ...fieldsOf(responseHeader)];
    stream.sendHeaders(stream.encoder.encode(fields), false);
  }

  readonly #flushTurn = (): void => {
    this.#willFlush = false;
    this.#flush();
  };

  #flush(): void {
    if (this.#runBytes === 0) return;
    const { exchange } = this.#call;
    if (!exchange.stream.sendData(this.#takeRun(), false)) this.#wait();
  }

  #takeRun(): Buffer {
    const run = Buffer.allocUnsafe(this.#runBytes);
    let at = 0;
    for (let index = 0; index < this.#run.length; index += 1) {
      const message = this.#run[index] as Uint8Array;
      run[at] = this.#flags[index] as number;
      run.writeUInt32BE(message.byteLength, at + 1);
      run.set(message, at + ENVELOPE_BYTES);
      at += ENVELOPE_BYTES + message.byteLength;
    }
    this.#run = [];
    this.#flags = [];
    this.#runBytes = 0;
    return run;
  }

  #wait(): void {
    this.#waits ??= this.#call.exchange.allSent().then(() => {
      this.#waits = undefined;
    });
  }

  /** An end that is not the usual one is what the other lane makes of it. */
  #endWith(rest: AsyncIterable<never>): void {
    this.#writeEnd(rest).catch((error: unknown) => fastOutcome.broken(this.#call, error));
  }

  async #writeEnd(rest: AsyncIterable<never>): Promise<void> {
    const { dialogue, exchange, responseHeader, responseTrailer } = this.#call;
    await writeRest(await dialogue.respond(rest, responseHeader, responseTrailer), exchange);
  }
}

/** No more messages. */
async function* nothing(): AsyncIterable<never> {}
