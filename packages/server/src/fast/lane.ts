import type { Message } from "@bufbuild/protobuf";
import { decodeRequest, exactlyOne } from "../layers/decode.js";
import { countReceived, noteReceived } from "../layers/telemetry.js";
import type { LaneStep, ServerCall, Wait } from "../server-call.js";
import type { LaneCall } from "./lane-call.js";

/** The handler's part, with what the layers put around it. */
export type Work<R> = (call: ServerCall, request: Message) => R;

/** What takes the errors of calls. */
export interface Outcome<C extends LaneCall> {
  refuse(call: C, error: unknown): void;
  /** The chassis itself has failed. */
  broken(call: C, error: unknown): void;
}

const EMPTY = new Uint8Array();

/** The stack for the calls of one method that takes one request, without iterations: made once of what its layers say. */
export abstract class Lane<C extends LaneCall> {
  /** The layers that see a call before its body or when it is over, the outermost first. */
  readonly #around: readonly LaneStep[];
  /** How many of them come before the request is there. */
  readonly #beforeRequest: number;
  readonly #reads: readonly NonNullable<LaneStep["read"]>[];
  readonly #checks: readonly NonNullable<LaneStep["check"]>[];
  readonly #outcome: Outcome<C>;

  /** @param steps what the layers of the stack do, the outermost first */
  constructor(steps: readonly LaneStep[], outcome: Outcome<C>) {
    this.#around = steps.filter((it) => it.enter || it.leave);
    const awaiting = this.#around.findIndex((it) => it.awaitsRequest);
    this.#beforeRequest = awaiting < 0 ? this.#around.length : awaiting;
    this.#reads = steps.flatMap((it) => it.read?.bind(it) ?? []);
    this.#checks = steps.flatMap((it) => it.check ?? []);
    this.#outcome = outcome;
  }

  /** Answers a call that every layer has let in. What it throws, the call ends with. */
  protected abstract answer(call: C, request: Message): void;

  /** The head of a call has come. */
  begin(call: C): void {
    this.#enter(call);
  }

  /** Its body has come, as far as it is of use. */
  bodyCame(call: C): void {
    call.hasAllOfBody = true;
    if (call.isIn && !call.isOver) this.#serve(call);
  }

  /** It was aborted. Before it is in, it ends when the layer that it waits for is done. */
  aborted(call: C, reason: Error): void {
    call.waitsFor?.abandon();
    call.waitsFor = undefined;
    if (call.isIn) this.fail(call, reason);
  }

  /** Through the layers that have not let it in yet; to those that await the request, and then through these. */
  #enter(call: C): void {
    const around = this.#around;
    const last = call.isIn ? around.length : this.#beforeRequest;
    try {
      while (call.entered < last) {
        const waits = (around[call.entered] as LaneStep).enter?.(call);
        if (waits) return waits instanceof Promise ? this.#after(call, waits) : this.#afterWait(call, waits);
        call.entered += 1;
      }
      if (call.abortedBy) throw call.abortedBy;
    } catch (thrown) {
      return this.fail(call, thrown);
    }
    if (call.isIn) return this.#run(call);
    call.isIn = true;
    call.letIn();
    if (call.hasAllOfBody) this.#serve(call);
  }

  #afterWait(call: C, wait: Wait): void {
    call.waitsFor = wait;
    const goOn = () => {
      call.waitsFor = undefined;
      call.entered += 1;
      this.#enter(call);
    };
    const fail = (thrown: unknown) => {
      call.waitsFor = undefined;
      this.fail(call, thrown);
    };
    wait.ended(goOn, fail);
  }

  #after(call: C, waits: Promise<void>): void {
    waits.then(
      () => {
        // It was aborted in the meantime, and left without this layer.
        if (call.isOver) return void this.#around[call.entered]?.leave?.(call, call.abortedBy);
        call.entered += 1;
        this.#enter(call);
      },
      (thrown: unknown) => this.fail(call, thrown),
    );
  }

  #serve(call: C): void {
    if (call.message) {
      noteReceived(call.traffic, call.message);
      return this.#enter(call);
    }
    this.#read(call).then(
      () => !call.isOver && this.#enter(call),
      (thrown: unknown) => this.fail(call, thrown),
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
      this.fail(call, thrown);
    }
  }

  #handle(call: C, request: Message): void {
    if (call.isOver) return;
    for (const check of this.#checks) check(call, request);
    this.answer(call, request);
  }

  /** The call is over: its layers hear of it, the innermost first, and its end is sent. */
  protected succeed(call: C, send: () => void): void {
    try {
      this.#leave(call, undefined);
      call.letGo();
      send();
    } catch (error) {
      this.#outcome.broken(call, error);
    }
  }

  /** The call is over, with an error. */
  protected fail(call: C, thrown: unknown): void {
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

/** Puts what the layers do around the handler around a piece of work. */
export function around<R>(steps: readonly LaneStep[], work: Work<R>): Work<R> {
  const runs = steps.flatMap((it) => it.run?.bind(it) ?? []);
  return runs.reduceRight<Work<R>>((inner, run) => (call, request) => run(call, request, inner), work);
}
