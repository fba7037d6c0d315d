import { create, type Message } from "@bufbuild/protobuf";
import type { Invoke } from "../implement.js";
import { decodeRequest, exactlyOne } from "../layers/decode.js";
import { encodeResponse } from "../layers/encode.js";
import { publicCall } from "../layers/handler.js";
import { mapEach } from "../layers/map-each.js";
import { countReceived, noteReceived, noteSent } from "../layers/telemetry.js";
import type { ServerCall, UnaryStep } from "../server-call.js";
import type { FastCall } from "./fast-call.js";

/** What takes what became of a call. */
export interface Outcome {
  answer(call: FastCall, message: Uint8Array): void;
  refuse(call: FastCall, error: unknown): void;
  /** The chassis itself has failed. */
  broken(call: FastCall, error: unknown): void;
}

type Answer = ReturnType<NonNullable<Invoke["unary"]>>;
type Work = (call: ServerCall, request: Message) => Answer;

/** The stack for the unary calls of one method, without iterations: made once of what its layers say. */
export class UnaryLane {
  /** The layers that see a call before its body or when it is over, the outermost first. */
  readonly #around: readonly UnaryStep[];
  readonly #checks: readonly NonNullable<UnaryStep["check"]>[];
  readonly #work: Work;
  readonly #outcome: Outcome;

  /** @param steps what the layers of the stack do, the outermost first */
  constructor(invoke: NonNullable<Invoke["unary"]>, steps: readonly UnaryStep[], outcome: Outcome) {
    this.#around = steps.filter((it) => it.enter || it.leave);
    this.#checks = steps.flatMap((it) => it.check ?? []);
    this.#work = workOf(invoke, steps);
    this.#outcome = outcome;
  }

  /** The head of a call has come. */
  begin(call: FastCall): void {
    this.#enter(call);
  }

  /** Its body has come, as far as it is of use. */
  bodyCame(call: FastCall): void {
    call.hasAllOfBody = true;
    if (call.isIn && !call.isOver) this.#serve(call);
  }

  /** It was aborted. Before it is in, the layer that it waits for hears of it by the signal. */
  aborted(call: FastCall, reason: Error): void {
    if (call.isIn) this.#fail(call, reason);
  }

  /** Through the layers that have not let it in yet. */
  #enter(call: FastCall): void {
    const around = this.#around;
    try {
      while (call.entered < around.length) {
        const waits = (around[call.entered] as UnaryStep).enter?.(call);
        if (waits) return this.#afterWait(call, waits);
        call.entered += 1;
      }
      if (call.abortedBy) throw call.abortedBy;
    } catch (thrown) {
      return this.#fail(call, thrown);
    }
    call.isIn = true;
    if (call.hasAllOfBody) this.#serve(call);
  }

  #afterWait(call: FastCall, waits: Promise<void>): void {
    waits.then(
      () => {
        call.entered += 1;
        this.#enter(call);
      },
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  #serve(call: FastCall): void {
    if (call.message) this.#run(call, call.message);
    else
      this.#read(call, call.policy.payload.maxRequestBytes).catch((thrown: unknown) =>
        this.#fail(call, thrown),
      );
  }

  /** A body that is not one plain message in one piece is read as the other lane does. */
  async #read(call: FastCall, maxBytes: number): Promise<void> {
    const messages = countReceived(call.dialogue.requests(maxBytes), call.traffic);
    const requests = mapEach(messages, (bytes) => decodeRequest(call, bytes));
    for await (const request of exactlyOne(requests)) this.#handle(call, request);
  }

  #run(call: FastCall, bytes: Uint8Array): void {
    noteReceived(call.traffic, bytes);
    try {
      this.#handle(call, decodeRequest(call, bytes));
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  #handle(call: FastCall, request: Message): void {
    if (call.isOver) return;
    for (const check of this.#checks) check(call, request);
    const answer = this.#work(call, request);
    if (!isPromise(answer)) return this.#answer(call, answer);
    answer.then(
      (response) => this.#answer(call, response),
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  #answer(call: FastCall, response: Awaited<Answer>): void {
    if (call.isOver) return;
    call.isHandled = true;
    let message: Uint8Array;
    try {
      message = encodeResponse(call, create(call.method.output, response));
    } catch (thrown) {
      return this.#fail(call, thrown);
    }
    noteSent(call.traffic, message);
    try {
      this.#leave(call, undefined);
      this.#outcome.answer(call, message);
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  #fail(call: FastCall, thrown: unknown): void {
    if (call.isOver) return call.log.debug({ err: thrown }, "call ended late");
    try {
      this.#outcome.refuse(call, this.#leave(call, thrown));
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  /** Tells the layers that have let the call in, the innermost first; what the outermost of them takes the error for. */
  #leave(call: FastCall, thrown: unknown): unknown {
    call.isOver = true;
    let error = thrown;
    for (let index = call.entered - 1; index >= 0; index -= 1)
      error = this.#around[index]?.leave?.(call, error) ?? error;
    return error;
  }
}

function workOf(invoke: NonNullable<Invoke["unary"]>, steps: readonly UnaryStep[]): Work {
  const handle: Work = (call, request) => invoke(request, publicCall(call));
  const runs = steps.flatMap((it) => it.run?.bind(it) ?? []);
  return runs.reduceRight<Work>((work, run) => (call, request) => run(call, request, work), handle);
}

function isPromise(answer: Answer): answer is Promise<Awaited<Answer>> {
  return typeof (answer as Partial<Promise<unknown>> | undefined)?.then === "function";
}
