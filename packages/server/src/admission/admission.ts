import type { MethodPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import type { ContractError } from "../errors/contract-error.js";
import type { ServerCall, Wait } from "../server-call.js";
import { AdmissionCounts, type ShedCounts } from "./admission-counts.js";
import { Admittance, type Door, type House } from "./admittance.js";
import { concurrencyOf } from "./concurrency-of.js";
import { claimedCriticality } from "./criticality-of.js";
import { LoopDelay } from "./loop-delay.js";
import { MethodGate } from "./method-gate.js";
import { Refusals } from "./refusals.js";
import { Turns } from "./turns.js";

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

/** Decides for all methods of a server who is let in, who waits and who is refused. */
export class Admission {
  readonly #doors = new Map<string, Door>();
  readonly #house: House;

  constructor(clock: Clock) {
    const house = { clock, turns: new Turns(clock), refusals: new Refusals(), inFlight: 0 };
    this.#house = { ...house, delay: new LoopDelay(clock, () => this.#house.inFlight > 0) };
  }

  /**
   * The refusal of a call that could not be let in whoever calls; undefined when it is worth a closer look. It asks nothing but the
   * headers, so that under overload most refusals cost little more than reading them.
   */
  turnAway(policy: MethodPolicy, header: Pick<Headers, "get">): ContractError | undefined {
    const criticality = claimedCriticality(policy, header);
    const claim = { criticality, maxWaitMs: policy.concurrency.maxQueueTimeMs };
    const door = this.#door(policy);
    const { delay, turns, refusals } = this.#house;
    const shed = delay.sheds(criticality)
      ? "loop_delay"
      : (door.gate.refuses(claim, concurrencyOf(policy)) ?? turns.refuses(claim));
    if (!shed) return undefined;
    door.counts.shed(criticality, shed);
    return refusals.next();
  }

  /**
   * Lets a call in, which gets its slot, at once or after a wait.
   *
   * @throws ContractError OVERLOADED when it is refused
   */
  admit(call: ServerCall): Wait | undefined {
    const admittance = new Admittance(call, this.#door(call.policy), this.#house);
    return admittance.enter() ? undefined : admittance;
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
      throw this.#house.refusals.next();
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
    const { turns, delay } = this.#house;
    return { waitingForTurn: turns.waiting, loopDelayMs: delay.meanMs, methods };
  }

  #door({ procedure, concurrency }: MethodPolicy): Door {
    const known = this.#doors.get(procedure);
    if (known) return known;
    const door = {
      gate: new MethodGate(this.#house.clock, concurrency),
      counts: new AdmissionCounts(),
      reading: 0,
    };
    this.#doors.set(procedure, door);
    return door;
  }
}
