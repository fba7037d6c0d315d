import type { Criticality, MethodPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import type { ContractError } from "../errors/contract-error.js";
import type { ServerCall } from "../server-call.js";
import { AdmissionCounts, type ShedCounts } from "./admission-counts.js";
import { claimedCriticality, criticalityOf } from "./criticality-of.js";
import { LoopDelay } from "./loop-delay.js";
import { MethodGate } from "./method-gate.js";
import { Refusals } from "./refusals.js";
import type { Slot } from "./slot.js";
import { Turns } from "./turns.js";
import type { Applicant, Shed } from "./waiting-line.js";

/** The admission of one method as it is now. */
export interface MethodLoad {
  readonly procedure: string;
  readonly inFlight: number;
  readonly limit: number;
  readonly queued: number;
  readonly admitted: number;
  readonly shed: Readonly<Record<MethodPolicy["criticality"], ShedCounts>>;
}

/** The admission of a server as it is now. */
export interface Load {
  /** Calls of all methods that have a slot and wait for a turn of the event loop. */
  readonly waitingForTurn: number;
  readonly loopDelayMs: number;
  /** The methods that have been called. */
  readonly methods: readonly MethodLoad[];
}

/** Bytes that the requests of one method may come to that are being read. */
const MAX_READING_BYTES = 67_108_864;

interface Door {
  readonly gate: MethodGate;
  /** Calls whose request is being read. */
  reading: number;
  readonly counts: AdmissionCounts;
}

/** Decides for all methods of a server who is let in, who waits and who is refused. */
export class Admission {
  readonly #clock: Clock;
  readonly #doors = new Map<string, Door>();
  readonly #turns: Turns;
  readonly #delay: LoopDelay;
  readonly #refusals = new Refusals();
  #inFlight = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#turns = new Turns(clock);
    this.#delay = new LoopDelay(clock, () => this.#inFlight > 0);
  }

  /**
   * The refusal of a call that could not be let in whoever calls; undefined when it is worth a closer look. It asks nothing but the
   * headers, so that under overload most refusals cost little more than reading them.
   */
  turnAway(policy: MethodPolicy, header: Pick<Headers, "get">): ContractError | undefined {
    const criticality = claimedCriticality(policy, header);
    const claim = { criticality, maxWaitMs: policy.concurrency.maxQueueTimeMs };
    const door = this.#door(policy);
    const shed = this.#delay.sheds(criticality)
      ? "loop_delay"
      : (door.gate.refuses(claim, concurrencyOf(policy)) ?? this.#turns.refuses(claim));
    if (!shed) return undefined;
    door.counts.shed(criticality, shed);
    return this.#refusals.next();
  }

  /**
   * Lets a call in, at once or after a wait.
   *
   * @throws ContractError OVERLOADED when it is refused; the signal's reason when its caller gave up
   */
  admit(call: ServerCall): Slot | Promise<Slot> {
    const applicant = new CallApplicant(call);
    const door = this.#door(call.policy);
    // Who claims no more than it is has been asked about the loop's delay when it came.
    const claimed = claimedCriticality(call.policy, call.exchange.header);
    if (claimed !== applicant.criticality && this.#delay.sheds(applicant.criticality))
      return this.#refuse(door, applicant, "loop_delay");
    const forSlot = door.gate.enter(applicant, concurrencyOf(call.policy));
    if (forSlot) return this.#afterWait(door, applicant, forSlot);
    const forTurn = this.#turns.enter(applicant);
    return forTurn ? this.#afterTurn(door, applicant, forTurn) : this.#letIn(door);
  }

  /**
   * A call's request is to be read, before it asks for a slot; what it gives back is called when it was read. As many may be read as there are
   * slots, or as fit 64 MiB where these are more.
   *
   * @throws ContractError OVERLOADED when there are too many
   */
  beginReading(policy: MethodPolicy): () => void {
    const door = this.#door(policy);
    const fitting = Math.floor(MAX_READING_BYTES / policy.payload.maxRequestBytes);
    if (door.reading >= Math.max(policy.concurrency.maxInFlight, fitting)) {
      door.counts.shed(policy.criticality, "queue_full");
      throw this.#refusals.next();
    }
    door.reading += 1;
    return () => {
      door.reading -= 1;
    };
  }

  snapshot(): Load {
    const methods = [...this.#doors].map(([procedure, { gate, counts }]) => ({
      procedure,
      inFlight: gate.inFlight,
      limit: gate.limit,
      queued: gate.queued,
      admitted: counts.admitted,
      shed: counts.byCriticality,
    }));
    return { waitingForTurn: this.#turns.waiting, loopDelayMs: this.#delay.meanMs, methods };
  }

  async #afterWait(door: Door, applicant: CallApplicant, wait: Promise<Shed | undefined>): Promise<Slot> {
    const startedMs = this.#clock.monotonicMs();
    const shed = await wait;
    if (shed) return this.#refuse(door, applicant, shed);
    const waitedMs = this.#clock.monotonicMs() - startedMs;
    applicant.maxWaitMs = Math.max(1, applicant.maxWaitMs - waitedMs);
    const forTurn = this.#turns.enter(applicant);
    return forTurn ? this.#afterTurn(door, applicant, forTurn) : this.#letIn(door);
  }

  async #afterTurn(door: Door, applicant: Applicant, wait: Promise<Shed | undefined>): Promise<Slot> {
    const shed = await wait;
    if (!shed) return this.#letIn(door);
    door.gate.leave(undefined);
    return this.#refuse(door, applicant, shed);
  }

  #letIn({ gate, counts }: Door): Slot {
    counts.admitted += 1;
    this.#inFlight += 1;
    this.#delay.watch();
    return new TakenSlot(gate, this.#clock, this.#left);
  }

  readonly #left = (): void => {
    this.#inFlight -= 1;
  };

  #refuse({ counts }: Door, applicant: Applicant, cause: Shed): never {
    if (cause === "gone") applicant.signal.throwIfAborted();
    counts.shed(applicant.criticality, cause);
    throw this.#refusals.next();
  }

  #door({ procedure, concurrency }: MethodPolicy): Door {
    const known = this.#doors.get(procedure);
    if (known) return known;
    const door = {
      gate: new MethodGate(this.#clock, concurrency),
      counts: new AdmissionCounts(),
      reading: 0,
    };
    this.#doors.set(procedure, door);
    return door;
  }
}

/** What a call needs to be let in. */
class CallApplicant implements Applicant {
  readonly criticality: Criticality;
  maxWaitMs: number;
  readonly #call: ServerCall;

  constructor(call: ServerCall) {
    this.criticality = criticalityOf(call);
    this.maxWaitMs = call.policy.concurrency.maxQueueTimeMs;
    this.#call = call;
  }

  /** Only who waits asks for it, and it is only made then. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

/** A slot of a method's gate, from now on. */
class TakenSlot implements Slot {
  readonly #gate: MethodGate;
  readonly #clock: Clock;
  readonly #left: () => void;
  readonly #sinceMs: number;

  constructor(gate: MethodGate, clock: Clock, left: () => void) {
    this.#gate = gate;
    this.#clock = clock;
    this.#left = left;
    this.#sinceMs = clock.monotonicMs();
  }

  release(tellsLatency: boolean): void {
    this.#left();
    this.#gate.leave(tellsLatency ? this.#clock.monotonicMs() - this.#sinceMs : undefined);
  }
}

/** How long a stream lives tells nothing of latency, so its limit adapts only where the contract says so in so many words. */
function concurrencyOf({ concurrency, kind, provenance }: MethodPolicy): MethodPolicy["concurrency"] {
  if (kind === "unary" || provenance["concurrency.adaptive"] !== "default") return concurrency;
  return { ...concurrency, adaptive: false };
}
