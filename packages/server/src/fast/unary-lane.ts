import { create, type Message } from "@bufbuild/protobuf";
import type { Invoke } from "../implement.js";
import { decodeRequest, exactlyOne } from "../layers/decode.js";
import { encodeResponse } from "../layers/encode.js";
import { publicCall } from "../layers/handler.js";
import { mapEach } from "../layers/map-each.js";
import { countReceived, noteReceived, noteSent } from "../layers/telemetry.js";
import type { Endpoint, Leave, UnaryStep } from "../server-call.js";
import type { FastCall } from "./fast-call.js";

/** What takes what became of a call. */
export interface Outcome {
  answer(call: FastCall, message: Uint8Array): void;
  refuse(call: FastCall, error: unknown): void;
  /** The chassis itself has failed. */
  broken(call: FastCall, error: unknown): void;
}

type Work = (call: FastCall, request: Message) => Promise<Message>;

/** The stack for the unary calls of one method, without iterations: made once of what its layers say. */
export class UnaryLane {
  readonly #entries: readonly UnaryStep[];
  readonly #checks: readonly NonNullable<UnaryStep["check"]>[];
  readonly #work: Work;
  readonly #outcome: Outcome;

  /** @param steps what the layers of the stack do, the outermost first */
  constructor(
    endpoint: Endpoint,
    invoke: NonNullable<Invoke["unary"]>,
    steps: readonly UnaryStep[],
    outcome: Outcome,
  ) {
    this.#entries = steps.filter((it) => it.pass || it.enter);
    this.#checks = steps.flatMap((it) => it.check ?? []);
    this.#work = workOf(endpoint, invoke, steps);
    this.#outcome = outcome;
  }

  /** The head of a call has come. */
  begin(call: FastCall): void {
    this.#enter(call, 0);
  }

  /** Its body has come, as far as it is of use. */
  bodyCame(call: FastCall): void {
    call.hasAllOfBody = true;
    if (call.isIn && !call.isOver) this.#serve(call);
  }

  #enter(call: FastCall, from: number): void {
    try {
      for (let index = from; index < this.#entries.length; index += 1) {
        const waits = enterOne(call, this.#entries[index] as UnaryStep);
        if (waits) return this.#afterWait(call, waits, index + 1);
      }
      if (call.abortedBy) throw call.abortedBy;
    } catch (thrown) {
      return this.#fail(call, thrown);
    }
    call.onAbort = (reason) => this.#fail(call, reason);
    call.isIn = true;
    if (call.hasAllOfBody) this.#serve(call);
  }

  #afterWait(call: FastCall, waits: Promise<unknown>, next: number): void {
    waits.then(
      (leave) => {
        if (typeof leave === "function") call.leaves.push(leave as Leave);
        this.#enter(call, next);
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
    this.#work(call, request).then(
      (response) => this.#answer(call, response),
      (thrown: unknown) => this.#fail(call, thrown),
    );
  }

  #answer(call: FastCall, response: Message): void {
    if (call.isOver) return;
    let message: Uint8Array;
    try {
      message = encodeResponse(call, response);
    } catch (thrown) {
      return this.#fail(call, thrown);
    }
    noteSent(call.traffic, message);
    try {
      leaveAll(call, undefined);
      this.#outcome.answer(call, message);
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  #fail(call: FastCall, thrown: unknown): void {
    if (call.isOver) return call.log.debug({ err: thrown }, "call ended late");
    try {
      this.#outcome.refuse(call, leaveAll(call, thrown));
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }
}

function enterOne(call: FastCall, step: UnaryStep): Promise<unknown> | undefined {
  const left = step.enter ? step.enter(call) : step.pass?.(call);
  if (typeof left === "function") call.leaves.push(left);
  return left instanceof Promise ? left : undefined;
}

/** Tells the layers that have let the call in, the innermost first; what the outermost of them takes the error for. */
function leaveAll(call: FastCall, thrown: unknown): unknown {
  call.isOver = true;
  let error = thrown;
  for (let index = call.leaves.length - 1; index >= 0; index -= 1)
    error = call.leaves[index]?.(error) ?? error;
  return error;
}

function workOf(
  { method }: Endpoint,
  invoke: NonNullable<Invoke["unary"]>,
  steps: readonly UnaryStep[],
): Work {
  const answer = async (call: FastCall, request: Message) =>
    create(method.output, await invoke(request, publicCall(call)));
  const runs = steps.flatMap((it) => it.run?.bind(it) ?? []);
  return runs.reduceRight<Work>(
    (work, run) => (call, request) => run(call, () => work(call, request)),
    answer,
  );
}
