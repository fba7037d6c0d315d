import type { Database } from "@charter/postgres";
import type { Transaction } from "kysely";

/** Queries are written as SQL, so the tables have no TypeScript types of their own; each query names its row's. */
export type DeliveryDatabase = Database<unknown>;

/** A transaction on delivery's database. */
export type DeliveryTransaction = Transaction<unknown>;
