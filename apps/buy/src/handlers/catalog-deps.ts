import type { Database } from "@charter/postgres";
import type { Clock } from "@charter/time";

/** What the handlers of CatalogService work with. */
export interface CatalogDeps {
  readonly db: Database<unknown>;
  readonly clock: Clock;
}
