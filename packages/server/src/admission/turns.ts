import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "@charter/time";
import { type Applicant, type Claim, type Place, type Shed, WaitingLine } from "./waiting-line.js";

/** Time in which one turn of the event loop begins new calls. Short, so that what has arrived meanwhile is soon seen. */
const MIN_BUDGET_MS = 1;
/** In longer turns new calls get the same share as the work of those that have begun. */
const BUDGET_SHARE = 0.5;
const MAX_BUDGET_MS = 5;
/** Calls that one turn takes out of the line at most. */
const MAX_GRANTS = 64;
/** Calls of all methods that wait for a turn at most. */
const MAX_WAITING = 4_096;

/**
 * Lets calls begin as fast as the event loop can bear. JavaScript has one thread: begun calls queue behind each other in the event loop,
 * where nobody can count them, tell them apart or take them out. So only as many begin in one turn of the loop as it has time for, and
 * the rest waits in a line, across all methods the more critical first.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #line: WaitingLine;
  readonly #schedule: (callback: () => void) => void;
  /** Whoever opens a turn may be at work for one call, whose context must not become that of those that begin. */
  readonly #inNoCall = AsyncLocalStorage.snapshot();
  #open = false;
  #beganMs = 0;
  #budgetMs = MIN_BUDGET_MS;

  /** @param schedule runs a callback in the next turn of the loop. Default: setImmediate. It is used only while calls come or wait. */
  constructor(clock: Clock, schedule: (callback: () => void) => void = setImmediate) {
    this.#clock = clock;
    this.#line = new WaitingLine(clock);
    this.#schedule = schedule;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.#line.size;
  }

  /** Why a call would be refused if it came now; undefined when it could begin or wait. */
  refuses(claim: Claim): Shed | undefined {
    return this.#line.size === 0 ? undefined : this.#line.refuses(claim, MAX_WAITING);
  }

  /** Takes a turn: undefined when the call may begin now, otherwise its place in the line, or why it may not wait. */
  enter(applicant: Applicant): Place | Shed | undefined {
    if (!this.#open) this.#begin(MIN_BUDGET_MS);
    if (this.#line.size === 0 && this.#hasTime()) return undefined;
    return this.#line.enter(applicant, MAX_WAITING);
  }

  /** Takes the next turn, also where the call could begin now: it would begin within whatever calls this. */
  enterNext(applicant: Applicant): Place | Shed {
    if (!this.#open) this.#begin(MIN_BUDGET_MS);
    return this.#line.enter(applicant, MAX_WAITING);
  }

  /** Its caller is gone. */
  leave(place: Place): void {
    this.#line.leave(place);
  }

  #begin(budgetMs: number): void {
    this.#open = true;
    this.#beganMs = this.#clock.monotonicMs();
    this.#budgetMs = budgetMs;
    this.#schedule(this.#next);
  }

  readonly #next = () => this.#inNoCall(this.#turn);

  readonly #turn = () => {
    this.#open = false;
    if (this.#line.size === 0) return;
    const lastedMs = this.#clock.monotonicMs() - this.#beganMs;
    this.#begin(Math.min(MAX_BUDGET_MS, Math.max(MIN_BUDGET_MS, lastedMs * BUDGET_SHARE)));
    this.#line.admitNext();
    // Each in a callback of its own, for what a call begins with has run when the next callback is called.
    const further = Math.min(MAX_GRANTS - 1, this.#line.size);
    for (let grant = 0; grant < further; grant += 1) this.#schedule(this.#further);
  };

  readonly #further = () => {
    if (this.#hasTime()) this.#line.admitNext();
  };

  #hasTime(): boolean {
    return this.#clock.monotonicMs() - this.#beganMs < this.#budgetMs;
  }
}
