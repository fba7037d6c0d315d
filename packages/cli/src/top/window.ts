import type { Scrape } from "./scrape.js";

/** Scrapes that rates and quantiles are taken over. */
const WINDOW_SCRAPES = 6;

/** The last scrapes of one process. */
export class Window {
  readonly name: string;
  #scrapes: readonly Scrape[] = [];

  /** @param name what the process is shown as */
  constructor(name: string) {
    this.name = name;
  }

  /** Adds a scrape. After one that failed rates begin anew, for the process may have been started again. */
  add(scrape: Scrape): void {
    const kept = scrape.problem === undefined ? this.#scrapes.filter(({ problem }) => !problem) : [];
    this.#scrapes = [...kept, scrape].slice(-WINDOW_SCRAPES);
  }

  get newest(): Scrape | undefined {
    return this.#scrapes.at(-1);
  }

  /** The oldest scrape of the window; undefined until there are two. */
  get oldest(): Scrape | undefined {
    return this.#scrapes.length > 1 ? this.#scrapes[0] : undefined;
  }
}
