/** Requests that one connection may begin in a row, while there is time. */
const MAX_REQUESTS = 32;
/** When the turn of the event loop has taken so long, the connections that follow begin few, so that it ends soon. */
const LONG_TURN_MS = 5;
const FEW_REQUESTS = 4;

/** Shares each turn of the event loop among all connections of a server: whoever sends many requests at once does not go before the others. */
export class FairTurns {
  readonly #now: () => number;
  #isOpen = false;
  #sinceMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many requests a connection may begin now; the rest waits for the next turn. */
  allowance(): number {
    if (!this.#isOpen) this.#begin();
    return this.#now() - this.#sinceMs < LONG_TURN_MS ? MAX_REQUESTS : FEW_REQUESTS;
  }

  #begin(): void {
    this.#isOpen = true;
    this.#sinceMs = this.#now();
    setImmediate(this.#end);
  }

  readonly #end = (): void => {
    this.#isOpen = false;
  };
}
