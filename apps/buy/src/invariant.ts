/** A statement about the service's data that holds whenever no transaction is open, whatever crashed, raced or was replayed. */
export interface Invariant {
  /** The invariant of the shop that it is part of: "I1" to "I6". */
  readonly id: string;
  /** What holds, one clause. */
  readonly title: string;
  /** A query over the service's own database that answers the rows which break it; none when it holds. */
  readonly sql: string;
}
