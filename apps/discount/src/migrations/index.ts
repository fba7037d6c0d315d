import { idempotencyMigration, type Migration } from "@charter/postgres";
import { campaigns } from "./001-campaigns.js";
import { redemptions } from "./002-redemptions.js";

/** Everything that makes an empty database into this service's, in order. */
export const migrations: Readonly<Record<string, Migration>> = {
  "000-idempotency": idempotencyMigration,
  "001-campaigns": campaigns,
  "002-redemptions": redemptions,
};
