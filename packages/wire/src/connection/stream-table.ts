import type { Stream } from "./stream.js";

/** Streams that we reset and whose last frames may still be on their way. RFC 9113, section 5.1, "closed". */
const MAX_REMEMBERED_RESETS = 1_024;

/** The open streams of a connection, and the ids of those that we reset lately. */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #reset = new Set<number>();

  get size(): number {
    return this.#open.size;
  }

  get(streamId: number): Stream | undefined {
    return this.#open.get(streamId);
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  delete(stream: Stream): void {
    this.#open.delete(stream.id);
  }

  /** May be iterated while streams are deleted. */
  values(): Iterable<Stream> {
    return this.#open.values();
  }

  /** We have reset the stream, so what still comes for it is no fault of the peer. */
  rememberReset(streamId: number): void {
    if (this.#reset.size >= MAX_REMEMBERED_RESETS) this.#reset.delete(this.#reset.values().next().value ?? 0);
    this.#reset.add(streamId);
  }

  wasReset(streamId: number): boolean {
    return this.#reset.has(streamId);
  }
}
