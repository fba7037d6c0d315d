import { Code, ConnectError } from "@connectrpc/connect";

/** What goes wrong with one call to a played service. */
export type Mishap =
  /** Nothing happens, and the caller is told so badly that it cannot know. */
  | "lost_before"
  /** It happens, but the answer is lost. */
  | "lost_after"
  /** It never answers; nothing happens. */
  | "hangs"
  /** The service refuses. */
  | Error;

/** Calls to a played service, which a test can make go wrong. */
export class Mishaps {
  readonly #planned = new Map<string, Mishap[]>();
  readonly #lasting = new Map<string, Mishap>();
  readonly #calls = new Map<string, number>();

  /** Lets the next `times` calls of a method go wrong. */
  plan(method: string, mishap: Mishap, times = 1): void {
    const planned = this.#planned.get(method) ?? [];
    this.#planned.set(method, [...planned, ...Array.from({ length: times }, () => mishap)]);
  }

  /** Lets every call of a method go wrong until `clear`. */
  keep(method: string, mishap: Mishap): void {
    this.#lasting.set(method, mishap);
  }

  /** Lets everything go well again. */
  clear(): void {
    this.#planned.clear();
    this.#lasting.clear();
  }

  /** How often a method was called. */
  calls(method: string): number {
    return this.#calls.get(method) ?? 0;
  }

  /** Runs a call, or lets it go wrong as planned. */
  async around<T>(method: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    this.#calls.set(method, this.calls(method) + 1);
    const mishap = this.#planned.get(method)?.shift() ?? this.#lasting.get(method);
    if (mishap === undefined) return act();
    if (mishap instanceof Error) throw mishap;
    if (mishap === "hangs") await aborted(signal);
    if (mishap === "lost_after") await act();
    throw new ConnectError("the played service has a mishap", Code.Unavailable);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
