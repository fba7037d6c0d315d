import type { ServiceName } from "../launch/services.js";

/** What must hold in one database: a query that answers the rows that break it. */
export interface Invariant {
  /** "I1" to "I6". */
  id: string;
  title: string;
  /** Answers no row when it holds. */
  sql: string;
}

/** The result of one query. */
export interface Finding {
  invariant: Invariant;
  service: ServiceName;
  /** The first rows that break it; empty when it holds. */
  violations: readonly Record<string, unknown>[];
}
