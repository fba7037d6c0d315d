import { v7 as uuidv7 } from "uuid";
import type { UserQueries, UserTransaction } from "./schema.js";

/** A customer of another system. */
export interface Customer {
  readonly externalRef: string;
  readonly countryCode: string;
  readonly displayName: string;
}

/**
 * Adds those customers whose reference is not known yet; answers which they were. Insertion in the order of the
 * references keeps two overlapping imports from waiting for each other in a circle.
 */
export async function insertCustomers(
  tx: UserTransaction,
  customers: readonly Customer[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const ordered = customers.toSorted((a, b) => (a.externalRef < b.externalRef ? -1 : 1));
  const added = await tx
    .insertInto("users")
    .values(
      ordered.map((customer) => ({
        user_id: uuidv7(),
        email: null,
        email_normal: null,
        email_verified_at: null,
        password_hash: null,
        display_name: customer.displayName,
        country_code: customer.countryCode,
        status: "active" as const,
        external_ref: customer.externalRef,
        created_at: now,
        updated_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column("external_ref").doNothing())
    .returning("external_ref")
    .execute();
  return new Set(added.map((row) => row.external_ref ?? ""));
}

/** The account of each reference that is known. */
export async function customerIds(
  db: UserQueries,
  externalRefs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("users")
    .select(["external_ref", "user_id"])
    .where("external_ref", "in", externalRefs)
    .execute();
  return new Map(rows.map((row) => [row.external_ref ?? "", row.user_id]));
}
