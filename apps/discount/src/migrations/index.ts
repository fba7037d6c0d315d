import { idempotencyMigration, type Migration } from "@charter/postgres";
import { campaigns } from "./0001-campaigns.js";
import { redemptions } from "./0002-redemptions.js";

/** Everything that makes an empty database into this service's, in order. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0000-idempotency": idempotencyMigration,
  "0001-campaigns": campaigns,
  "0002-redemptions": redemptions,
};
