import type { Invariant } from "@charter/postgres";
import type { ServiceName } from "../launch/services.js";

/** The result of one query. */
export interface Finding {
  invariant: Invariant;
  service: ServiceName;
  /** The first rows that break it; empty when it holds. */
  violations: readonly Record<string, unknown>[];
}
