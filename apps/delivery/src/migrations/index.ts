import { eventsMigration, idempotencyMigration, type Migration } from "@charter/postgres";
import { slots } from "./0100-slots.js";
import { shipments } from "./0200-shipments.js";
import { embeddedCarrier } from "./0300-embedded-carrier.js";
import { quoteKey } from "./0400-quote-key.js";

/** Everything that delivery's database goes through, in the order of the names. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0010-idempotency": idempotencyMigration,
  "0020-events": eventsMigration,
  "0100-slots": slots,
  "0200-shipments": shipments,
  "0300-embedded-carrier": embeddedCarrier,
  "0400-quote-key": quoteKey,
};
