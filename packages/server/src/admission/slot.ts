/** Being let in. */
export interface Slot {
  /** The call has ended. `tellsLatency`: how long it took says something of the method, rather than of its caller. */
  release(tellsLatency: boolean): void;
}
