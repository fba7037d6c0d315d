/** Every connection keeps as many prepared; what comes later is parsed and planned anew each time. */
const MAX_NAMES = 500;

/** Names under which the connections of a pool keep statements prepared: the same text has the same name on all of them. */
export class PreparedNames {
  readonly #names = new Map<string, string>();

  /** The name of a statement; undefined for one that is not kept. */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known || this.#names.size === MAX_NAMES) return known;
    const name = `charter_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }
}
