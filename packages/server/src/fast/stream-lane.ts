import { create, type Message } from "@bufbuild/protobuf";
import type { Invoke } from "../implement.js";
import { encodeResponse } from "../layers/encode.js";
import { publicCall } from "../layers/handler.js";
import { noteSent } from "../layers/telemetry.js";
import type { LaneStep } from "../server-call.js";
import type { FastCall } from "./fast-call.js";
import { fastOutcome } from "./fast-outcome.js";
import { around, Lane, type Outcome, type Work } from "./lane.js";
import { StreamAnswer } from "./stream-answer.js";

type Handler = NonNullable<Invoke["stream"]>;
type Init = Parameters<typeof create>[1];
type Step = IteratorResult<Init>;

/** Where a handler's messages come from. */
export interface Source {
  next(): Step | Promise<Step>;
  return?(): unknown;
}

/** Before its stream has begun a call ends as a unary one does; afterwards the stream ends with the error. */
const outcome: Outcome<FastCall> = {
  refuse(call, error) {
    if (call.stream?.hasBegun) call.stream.fail(error);
    else fastOutcome.refuse(call, error);
  },
  broken: fastOutcome.broken,
};

/** The lane of a method that answers one request by a stream. */
export class StreamLane extends Lane<FastCall> {
  readonly #deliver: Work<Promise<void>>;
  readonly #stop: Work<unknown>;
  readonly #messageSteps: readonly NonNullable<LaneStep["message"]>[];

  constructor(handler: Handler, steps: readonly LaneStep[]) {
    super(steps, outcome);
    // The calls of a lane are its own, whatever the layers take them for.
    this.#deliver = around(steps, (call, request) =>
      this.#pump(call as FastCall, sourceOf(handler(request, publicCall(call)))),
    );
    this.#stop = around(steps, (call) => (call as FastCall).source?.return?.());
    this.#messageSteps = steps.flatMap((it) => it.message ?? []);
  }

  protected override answer(call: FastCall, request: Message): void {
    this.#deliver(call, request).catch((thrown: unknown) => this.fail(call, thrown));
  }

  /** However it fails, its handler is told to stop, unless it has ended by itself. */
  protected override fail(call: FastCall, thrown: unknown): void {
    super.fail(call, thrown);
    if (!call.source || !call.request) return;
    const { request } = call;
    // A handler that is still at work cannot be waited for; how it ends is only of interest to the log.
    const stop = async () => this.#stop(call, request);
    stop().catch((error: unknown) => call.log.debug({ err: error }, "call ended late"));
    call.source = undefined;
  }

  /** As fast as the handler gives them and the caller takes them. */
  async #pump(call: FastCall, source: Source): Promise<void> {
    const stream = new StreamAnswer(call);
    call.source = source;
    call.stream = stream;
    for (;;) {
      let step: Step;
      try {
        const coming = source.next();
        step = "then" in coming ? await coming : coming;
      } catch (thrown) {
        // A source that has failed is not told to stop.
        call.source = undefined;
        throw thrown;
      }
      if (call.isOver) return;
      if (step.done) break;
      const isCompressing = this.#send(call, stream, step.value);
      if (isCompressing) await isCompressing;
      if (stream.waits) await stream.waits;
      if (call.isOver) return;
    }
    call.source = undefined;
    call.isHandled = true;
    this.succeed(call, () => stream.end());
  }

  /** A promise only where the message is compressed. */
  #send(call: FastCall, stream: StreamAnswer, init: Init): Promise<void> | undefined {
    const message = encodeResponse(call, create(call.method.output, init));
    for (const step of this.#messageSteps) step(call);
    noteSent(call.traffic, message);
    const { compression, maxMessageBytes } = call.protocol;
    if (compression && message.byteLength > maxMessageBytes)
      return compression.compress(message).then((it) => {
        if (!call.isOver) stream.push(it, true);
      });
    stream.push(message, false);
    return undefined;
  }
}

function sourceOf(messages: AsyncIterable<Init> | Iterable<Init>): Source {
  return Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
}
