import type { Stream } from "./stream.js";

/** Streams that we reset and whose last frames may still be on their way. RFC 9113, section 5.1, "closed". */
const MAX_REMEMBERED_RESETS = 1_024;
/** Places in a new table; a power of two, as all sizes are. */
const INITIAL_PLACES = 64;

/**
 * The open streams of a connection, and the ids of those that we reset lately.
 *
 * A hash table with open addressing, linear probing and no tombstones (Knuth, TAOCP volume 3, section 6.4, algorithm R), for streams come and go
 * all the time: V8's Map makes a new table now and then that the old one points to, and once one of them has outlived two collections, all streams that
 * ever were in the later ones are kept until the next full collection.
 */
export class StreamTable {
  #places: (Stream | undefined)[] = emptyPlaces(INITIAL_PLACES);
  #size = 0;
  /** A ring: once it is full, the next takes the place of the oldest. */
  readonly #reset: number[] = [];
  #nextReset = 0;

  get size(): number {
    return this.#size;
  }

  get(streamId: number): Stream | undefined {
    return this.#places[this.#find(streamId)];
  }

  /** Adds one whose id is not in the table. */
  add(stream: Stream): void {
    if (this.#size * 2 >= this.#places.length) this.#grow();
    this.#places[this.#find(stream.id)] = stream;
    this.#size += 1;
  }

  delete(stream: Stream): void {
    const at = this.#find(stream.id);
    if (!this.#places[at]) return;
    this.#size -= 1;
    this.#vacate(at);
  }

  /** Those that are open now; they may be deleted meanwhile. */
  values(): Stream[] {
    return this.#places.filter((it) => it !== undefined);
  }

  /** We have reset the stream, so what still comes for it is no fault of the peer. */
  rememberReset(streamId: number): void {
    this.#reset[this.#nextReset] = streamId;
    this.#nextReset = (this.#nextReset + 1) % MAX_REMEMBERED_RESETS;
  }

  wasReset(streamId: number): boolean {
    return this.#reset.includes(streamId);
  }

  /** Where the stream is, or where it would be put. */
  #find(streamId: number): number {
    const places = this.#places;
    let at = this.#home(streamId);
    for (let there = places[at]; there && there.id !== streamId; there = places[at])
      at = (at + 1) & (places.length - 1);
    return at;
  }

  /** All ids of one side are odd or all are even. */
  #home(streamId: number): number {
    return (streamId >>> 1) & (this.#places.length - 1);
  }

  /** Empties a place, and moves up those behind that were put there for want of room before. */
  #vacate(place: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let empty = place;
    places[empty] = undefined;
    for (let at = (empty + 1) & mask; ; at = (at + 1) & mask) {
      const stream = places[at];
      if (!stream) return;
      const fromHome = (at - this.#home(stream.id)) & mask;
      if (fromHome < ((at - empty) & mask)) continue;
      places[empty] = stream;
      places[at] = undefined;
      empty = at;
    }
  }

  #grow(): void {
    const streams = this.values();
    this.#places = emptyPlaces(this.#places.length * 2);
    for (const stream of streams) this.#places[this.#find(stream.id)] = stream;
  }
}

function emptyPlaces(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}
