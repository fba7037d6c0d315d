import { create, type Message } from "@bufbuild/protobuf";
import type { Invoke } from "../implement.js";
import { decodeRequest, exactlyOne } from "../layers/decode.js";
import { encodeResponse } from "../layers/encode.js";
import { publicCall } from "../layers/handler.js";
import { countReceived, noteReceived, noteSent } from "../layers/telemetry.js";
import type { ServerCall, UnaryStep } from "../server-call.js";
import type { LaneCall } from "./lane-call.js";

/** What takes what became of a call. */
export interface Outcome<C extends LaneCall> {
  answer(call: C, message: Uint8Array): void;
  refuse(call: C, error: unknown): void;
  /** The chassis itself has failed. */
  broken(call: C, error: unknown): void;
}

type Answer = ReturnType<NonNullable<Invoke["unary"]>>;
type Work = (call: ServerCall, request: Message) => Answer;

const EMPTY = new Uint8Array();

/** The stack for the unary calls of one method, without iterations: made once of what its layers say. */
export class UnaryLane<C extends LaneCall> {
  /** The layers that see a call before its body or when it is over, the outermost first. */
  readonly #around: readonly UnaryStep[];
  /** How many of them come before the request is there. */
  readonly #beforeRequest: number;
  readonly #reads: readonly NonNullable<UnaryStep["read"]>[];
  readonly #checks: readonly NonNullable<UnaryStep["check"]>[];
  readonly #work: Work;
  readonly #outcome: Outcome<C>;

  /** @param steps what the layers of the stack do, the outermost first */
  constructor(invoke: NonNullable<Invoke["unary"]>, steps: readonly UnaryStep[], outcome: Outcome<C>) {
    this.#around = steps.filter((it) => it.enter || it.leave);
    const awaiting = this.#around.findIndex((it) => it.awaitsRequest);
    this.#beforeRequest = awaiting < 0 ? this.#around.length : awaiting;
    this.#reads = steps.flatMap((it) => it.read?.bind(it) ?? []);
    this.#checks = steps.flatMap((it) => it.check ?? []);
    this.#work = workOf(invoke, steps);
    this.#outcome = outcome;
  }

  /** The head of a call has come. */
  begin(call: C): void {
    this.#enter(call);
  }

  /** Its body has come, as far as it is of use. */
  bodyCame(call: C): void {
    call.hasAllOfBody = true;
    if (call.isIn && !call.isOver) this.#serve(call);
  }

  /** It was aborted. Before it is in, the layer that it waits for hears of it by the signal. */
  aborted(call: C, reason: Error): void {
    if (call.isIn) this.#fail(call, reason);
  }

  /** Through the layers that have not let it in yet; to those that await the request, and then through these. */
  #enter(call: C): void {
    const around = this.#around;
    const last = call.isIn ? around.length : this.#beforeRequest;
    try {
      while (call.entered < last) {
        const waits = (around[call.entered] as UnaryStep).enter?.(call);
        if (waits) return this.#afterWait(call, waits);
        call.entered += 1;
      }
      if (call.abortedBy) throw call.abortedBy;
    } catch (thrown) {
      return this.#fail(call, thrown);
    }
    if (call.isIn) return this.#run(call);
    call.isIn = true;
    if (call.hasAllOfBody) this.#serve(call);
  }

  #afterWait(call: C, waits: Promise<void>): void {
    waits.then(
      () => {
        // It was aborted in the meantime, and left without this layer.
        if (call.isOver) return void this.#around[call.entered]?.leave?.(call, call.abortedBy);
        call.entered += 1;
        this.#enter(call);
      },
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  #serve(call: C): void {
    if (call.message) {
      noteReceived(call.traffic, call.message);
      return this.#enter(call);
    }
    this.#read(call).then(
      () => !call.isOver && this.#enter(call),
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  /** A body that is not one plain message in one piece is read as the other lane does. */
  #read(call: C): Promise<void> {
    const read = async () => {
      call.message = await call.gathered();
      if (call.message) return noteReceived(call.traffic, call.message);
      const { maxRequestBytes } = call.policy.payload;
      const messages = countReceived(call.dialogue.requests(maxRequestBytes), call.traffic);
      for await (const bytes of exactlyOne(messages)) call.message = bytes;
    };
    return this.#reads.reduceRight((work, around) => () => around(call, work), read)();
  }

  #run(call: C): void {
    try {
      this.#handle(call, decodeRequest(call, call.message ?? EMPTY));
    } catch (thrown) {
      this.#fail(call, thrown);
    }
  }

  #handle(call: C, request: Message): void {
    if (call.isOver) return;
    for (const check of this.#checks) check(call, request);
    const answer = this.#work(call, request);
    if (!isPromise(answer)) return this.#answer(call, answer);
    answer.then(
      (response) => this.#answer(call, response),
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  #answer(call: C, response: Awaited<Answer>): void {
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
      call.letGo();
      this.#outcome.answer(call, message);
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  #fail(call: C, thrown: unknown): void {
    if (call.isOver) return call.log.debug({ err: thrown }, "call ended late");
    try {
      this.#outcome.refuse(call, this.#leave(call, thrown));
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  /** Tells the layers that have let the call in, the innermost first; what the outermost of them takes the error for. */
  #leave(call: C, thrown: unknown): unknown {
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
