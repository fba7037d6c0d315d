import type { Logger } from "@charter/telemetry";
import { errorCodes, flags, frame, frameTypes, type Stream } from "@charter/wire";
import type { TurnAway } from "../admission/turn-away.js";
import type { ContractError } from "../errors/contract-error.js";
import type { HttpAnswer } from "../http/exchange.js";
import type { WireExchange } from "../http/wire-exchange.js";
import { sharedBlock, stopRestSoon, writeSharedAnswer } from "../http/write-wire-answer.js";
import type { Endpoint } from "../server-call.js";
import type { FastProtocol } from "./fast-protocol.js";

/** What it needs. */
export interface RefusalsSentOptions {
  readonly turnAway: TurnAway;
  readonly log: Logger;
}

/** Where a frame's header has its stream id. */
const STREAM_AT = 5;

/** All frames of an answer. */
interface Frames {
  readonly bytes: Buffer;
  /** Where the ids of the stream are. */
  readonly idsAt: readonly number[];
  readonly dataBytes: number;
}

/**
 * Sends the answers of calls to one method that are refused for load, as frames made beforehand: a server that is offered ten times what it can do
 * sends nine refusals for each answer.
 */
export class RefusalsSent {
  readonly #endpoint: Endpoint;
  readonly #protocol: FastProtocol;
  readonly #turnAway: TurnAway;
  readonly #log: Logger;
  /** One for each of the `Refusals`. */
  readonly #frames = new Map<ContractError, Frames>();

  constructor(endpoint: Endpoint, protocol: FastProtocol, { turnAway, log }: RefusalsSentOptions) {
    this.#endpoint = endpoint;
    this.#protocol = protocol;
    this.#turnAway = turnAway;
    this.#log = log;
  }

  /** Answers a call with a refusal; `exchange` is only asked for the first time that this one is sent. */
  send(stream: Stream, refusal: ContractError, exchange: () => WireExchange): void {
    const frames = this.#frames.get(refusal);
    if (frames && sendFrames(stream, frames)) return stopRestSoon(stream);
    this.#make(refusal, exchange()).catch((error: unknown) => {
      this.#log.error({ err: error }, "a request could not be answered");
      stream.reset(errorCodes.internalError);
    });
  }

  async #make(refusal: ContractError, exchange: WireExchange): Promise<void> {
    const dialogue = this.#protocol.dialogue(exchange);
    const answer = await this.#turnAway.answerTo(refusal, this.#endpoint, dialogue);
    const frames = framesOf(answer);
    if (frames) this.#frames.set(refusal, frames);
    writeSharedAnswer(answer, exchange);
  }
}

/** Undefined for an answer of another shape than those of one message's protocols. */
function framesOf(answer: HttpAnswer): Frames | undefined {
  const { body, trailer } = answer;
  const block = sharedBlock(answer);
  if (body === undefined) {
    const whole = frame(frameTypes.headers, flags.endHeaders | flags.endStream, 0, block);
    return { bytes: whole, idsAt: [STREAM_AT], dataBytes: 0 };
  }
  if (!(body instanceof Uint8Array) || trailer) return undefined;
  const head = frame(frameTypes.headers, flags.endHeaders, 0, block);
  const data = frame(frameTypes.data, flags.endStream, 0, body);
  const idsAt = [STREAM_AT, head.length + STREAM_AT];
  return { bytes: Buffer.concat([head, data]), idsAt, dataBytes: body.byteLength };
}

function sendFrames(stream: Stream, { bytes, idsAt, dataBytes }: Frames): boolean {
  const own = Buffer.allocUnsafe(bytes.length);
  own.set(bytes);
  for (const at of idsAt) own.writeUInt32BE(stream.id, at);
  return stream.sendWhole(own, dataBytes);
}
