/** For how long an address is remembered. */
const MEMORY_MS = 10_000;
/** Most addresses that are remembered; the oldest gives way. */
const MAX_ADDRESSES = 10_000;
/** Those that wait do not begin together: in so many steps they wait up to twice as long. */
const WAIT_STEPS = 20;

/**
 * Addresses whose connections broke a bound or the protocol lately. Who gets a new connection for every lost one pays nothing for breaking the
 * bounds; so new ones from there begin late. They are not refused, for others may stand behind the same address.
 */
export class Offenders {
  readonly #untilMs = new Map<string, number>();
  readonly #leastWaitMs: number;
  #turn = 0;

  constructor(leastWaitMs: number) {
    this.#leastWaitMs = leastWaitMs;
  }

  note(address: string, nowMs: number): void {
    this.#untilMs.delete(address);
    this.#untilMs.set(address, nowMs + MEMORY_MS);
    if (this.#untilMs.size > MAX_ADDRESSES) this.#untilMs.delete(this.#untilMs.keys().next().value ?? "");
  }

  /** How long a new connection from there must wait; 0 for not at all. */
  waitMs(address: string, nowMs: number): number {
    const untilMs = this.#untilMs.get(address);
    if (untilMs === undefined) return 0;
    if (untilMs <= nowMs) {
      this.#untilMs.delete(address);
      return 0;
    }
    this.#turn = (this.#turn + 1) % WAIT_STEPS;
    return this.#leastWaitMs * (1 + this.#turn / WAIT_STEPS);
  }
}
