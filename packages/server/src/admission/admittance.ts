import type { Criticality } from "@charter/policy";
import type { Clock } from "@charter/time";
import type { ContractError } from "../errors/contract-error.js";
import type { ServerCall, Wait } from "../server-call.js";
import type { AdmissionCounts } from "./admission-counts.js";
import { concurrencyOf } from "./concurrency-of.js";
import { claimedCriticality, criticalityOf } from "./criticality-of.js";
import type { LoopDelay } from "./loop-delay.js";
import type { MethodGate } from "./method-gate.js";
import type { Refusals } from "./refusals.js";
import type { Slot } from "./slot.js";
import type { Turns } from "./turns.js";
import type { Applicant, Place, Shed } from "./waiting-line.js";

/** What all calls of a server share on their way in. */
export interface House {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly delay: LoopDelay;
  readonly refusals: Refusals;
  /** Calls of all methods that are in. */
  inFlight: number;
}

/** What the calls of one method share. */
export interface Door {
  readonly gate: MethodGate;
  readonly counts: AdmissionCounts;
  /** Calls whose request is being read. */
  reading: number;
}

interface Waiter {
  goOn(): void;
  fail(refusal: unknown): void;
}

/** The way of one call through the two lines, for a slot and for a turn of the event loop, and its slot once it is in. */
export class Admittance implements Applicant, Wait, Slot {
  readonly criticality: Criticality;
  maxWaitMs: number;
  readonly #call: ServerCall;
  readonly #door: Door;
  readonly #house: House;
  #hasSlot = false;
  #place: Place | undefined;
  #waiter: Waiter | undefined;
  /** Since when it waits for a slot; then since when it is in. */
  #sinceMs = 0;

  constructor(call: ServerCall, door: Door, house: House) {
    this.criticality = criticalityOf(call);
    this.maxWaitMs = call.policy.concurrency.maxQueueTimeMs;
    this.#call = call;
    this.#door = door;
    this.#house = house;
  }

  /**
   * Sets out. False: it has to wait.
   *
   * @throws ContractError OVERLOADED when it is refused
   */
  enter(): boolean {
    const { policy, exchange } = this.#call;
    // Who claims no more than it is has been asked about the loop's delay when it came.
    const claimed = claimedCriticality(policy, exchange.header);
    if (claimed !== this.criticality && this.#house.delay.sheds(this.criticality))
      throw this.#refusal("loop_delay");
    if (!this.#stands(this.#door.gate.enter(this, concurrencyOf(policy)))) return this.#takeTurn();
    this.#sinceMs = this.#house.clock.monotonicMs();
    return false;
  }

  ended(goOn: () => void, fail: (refusal: unknown) => void): void {
    this.#waiter = { goOn, fail };
  }

  abandon(): void {
    const place = this.#place;
    this.#place = undefined;
    if (place && this.#hasSlot) this.#house.turns.leave(place);
    else if (place) this.#door.gate.giveUp(place);
    if (this.#hasSlot) this.#door.gate.leave(undefined);
  }

  settle(shed: Shed | undefined): void {
    this.#place = undefined;
    try {
      if (shed) throw this.#refusal(shed);
      if (this.#hasSlot) this.#letIn();
      else return this.#takeNextTurn();
    } catch (refusal) {
      return this.#waiter?.fail(refusal);
    }
    this.#waiter?.goOn();
  }

  release(tellsLatency: boolean): void {
    this.#house.inFlight -= 1;
    this.#door.gate.leave(tellsLatency ? this.#house.clock.monotonicMs() - this.#sinceMs : undefined);
  }

  #takeTurn(): boolean {
    this.#hasSlot = true;
    if (this.#stands(this.#house.turns.enter(this))) return false;
    this.#letIn();
    return true;
  }

  /** It got its slot from a call that ends, and must not begin within that one. */
  #takeNextTurn(): void {
    this.#hasSlot = true;
    const waitedMs = this.#house.clock.monotonicMs() - this.#sinceMs;
    this.maxWaitMs = Math.max(1, this.maxWaitMs - waitedMs);
    this.#stands(this.#house.turns.enterNext(this));
  }

  /** Whether it has a place in a line now. */
  #stands(outcome: Place | Shed | undefined): boolean {
    if (typeof outcome === "string") throw this.#refusal(outcome);
    this.#place = outcome;
    return outcome !== undefined;
  }

  #letIn(): void {
    this.#door.counts.admitted += 1;
    this.#house.inFlight += 1;
    this.#house.delay.watch();
    this.#sinceMs = this.#house.clock.monotonicMs();
    this.#call.slot = this;
  }

  /** It comes no further, and gives back what it has. */
  #refusal(cause: Shed): ContractError {
    if (this.#hasSlot) this.#door.gate.leave(undefined);
    this.#door.counts.shed(this.criticality, cause);
    return this.#house.refusals.next();
  }
}
