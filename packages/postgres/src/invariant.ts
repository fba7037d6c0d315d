/** A statement about data that holds whenever no transaction is open, whatever crashed, raced or was replayed. */
export interface Invariant {
  /** Names it, alone or together with others that say one thing in parts. */
  readonly id: string;
  /** What holds, one clause. */
  readonly title: string;
  /** A query without a semicolon, so that it can stand in a larger one; answers the rows that break it, none when it holds. */
  readonly sql: string;
}
