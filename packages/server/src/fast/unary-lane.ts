import { create, type Message } from "@bufbuild/protobuf";
import type { Invoke } from "../implement.js";
import { encodeResponse } from "../layers/encode.js";
import { publicCall } from "../layers/handler.js";
import { noteSent } from "../layers/telemetry.js";
import type { LaneStep } from "../server-call.js";
import { around, Lane, type Outcome, type Work } from "./lane.js";
import type { LaneCall } from "./lane-call.js";

/** What takes the answers of unary calls, too. */
export interface UnaryOutcome<C extends LaneCall> extends Outcome<C> {
  answer(call: C, message: Uint8Array): void;
}

type Handler = NonNullable<Invoke["unary"]>;
type Answer = ReturnType<Handler>;

/** The lane of a unary method. */
export class UnaryLane<C extends LaneCall> extends Lane<C> {
  readonly #work: Work<Answer>;
  readonly #outcome: UnaryOutcome<C>;

  constructor(handler: Handler, steps: readonly LaneStep[], outcome: UnaryOutcome<C>) {
    super(steps, outcome);
    this.#work = around(steps, (call, request) => handler(request, publicCall(call)));
    this.#outcome = outcome;
  }

  protected override answer(call: C, request: Message): void {
    const answer = this.#work(call, request);
    if (!isPromise(answer)) return this.#answered(call, answer);
    answer.then(
      (response) => this.#answered(call, response),
      (thrown: unknown) => this.fail(call, thrown),
    );
  }

  #answered(call: C, response: Awaited<Answer>): void {
    if (call.isOver) return;
    call.isHandled = true;
    let message: Uint8Array;
    try {
      message = encodeResponse(call, create(call.method.output, response));
    } catch (thrown) {
      return this.fail(call, thrown);
    }
    noteSent(call.traffic, message);
    this.succeed(call, () => this.#outcome.answer(call, message));
  }
}

function isPromise(answer: Answer): answer is Promise<Awaited<Answer>> {
  return typeof (answer as Partial<Promise<unknown>> | undefined)?.then === "function";
}
