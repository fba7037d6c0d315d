import { eventsMigration, idempotencyMigration, type Migration } from "@charter/postgres";
import { sagaMigration, sagaTraceMigration } from "@charter/saga";
import { catalogueMigration } from "./0010-catalogue.js";
import { stockMigration } from "./0020-stock.js";
import { cartMigration } from "./0030-cart.js";
import { ordersMigration } from "./0100-orders.js";
import { paymentProviderMigration } from "./0110-payment-provider.js";

/** The shape of the database, in the order of the names. A name never changes once it was released. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-answers": idempotencyMigration,
  "0002-events": eventsMigration,
  "0003-sagas": sagaMigration,
  "0004-saga-traces": sagaTraceMigration,
  "0010-catalogue": catalogueMigration,
  "0020-stock": stockMigration,
  "0030-cart": cartMigration,
  "0100-orders": ordersMigration,
  "0110-payment-provider": paymentProviderMigration,
};
