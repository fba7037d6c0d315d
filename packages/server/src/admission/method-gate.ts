import type { ConcurrencyPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import { Gradient2Limit } from "./gradient2-limit.js";
import { type Applicant, type Claim, type Place, type Shed, WaitingLine } from "./waiting-line.js";

/** The slots of one method and the line before them. */
export class MethodGate {
  readonly #clock: Clock;
  readonly #line: WaitingLine;
  #adaptive: Gradient2Limit | undefined;
  #policy: ConcurrencyPolicy;
  #inFlight = 0;
  /** Who gets a slot may give it back at once: then the loop that gave it goes on, rather than one within it. */
  #handsOn = false;

  constructor(clock: Clock, policy: ConcurrencyPolicy) {
    this.#clock = clock;
    this.#line = new WaitingLine(clock);
    this.#policy = policy;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#line.size;
  }

  /** Calls that may be in flight now. */
  get limit(): number {
    const { maxInFlight } = this.#policy;
    return this.#adaptive ? Math.min(maxInFlight, this.#adaptive.limit) : maxInFlight;
  }

  /** Why a call would be refused if it came now; undefined when there is a slot or room in the line. `policy` holds from now on. */
  refuses(claim: Claim, policy: ConcurrencyPolicy): Shed | undefined {
    this.#follow(policy);
    const isFree = this.#line.size === 0 && this.#inFlight < this.limit;
    return isFree ? undefined : this.#line.refuses(claim, policy.maxQueue);
  }

  /** Takes a slot: undefined when there is one, otherwise the place in the line, or why there is none. `policy` holds from now on. */
  enter(applicant: Applicant, policy: ConcurrencyPolicy): Place | Shed | undefined {
    this.#follow(policy);
    if (this.#line.size > 0 || this.#inFlight >= this.limit)
      return this.#line.enter(applicant, policy.maxQueue);
    this.#inFlight += 1;
    return undefined;
  }

  /** The caller of one that waits is gone. */
  giveUp(place: Place): void {
    this.#line.leave(place);
  }

  /** Gives a slot back, to whoever is next in line. `durationMs` is how long it was used, where that tells of the method's latency. */
  leave(durationMs: number | undefined): void {
    if (durationMs !== undefined)
      this.#adaptive?.sample(durationMs, this.#inFlight, this.#policy.maxInFlight);
    this.#inFlight -= 1;
    if (this.#handsOn) return;
    this.#handsOn = true;
    while (this.#inFlight < this.limit && this.#line.size > 0) {
      this.#inFlight += 1;
      this.#line.admitNext();
    }
    this.#handsOn = false;
  }

  #follow(policy: ConcurrencyPolicy): void {
    this.#policy = policy;
    if (policy.adaptive) this.#adaptive ??= new Gradient2Limit(this.#clock, policy.maxInFlight);
    else this.#adaptive = undefined;
  }
}
