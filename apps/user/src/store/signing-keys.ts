import type { SigningKey } from "@charter/identity";
import { sql } from "kysely";
import type { UserQueries, UserTransaction } from "./schema.js";

/** A key and its age. */
export interface StoredKey {
  readonly key: SigningKey;
  readonly createdAtMs: number;
}

/** The newest keys, the newest first. */
export async function newestKeys(db: UserQueries, limit: number): Promise<readonly StoredKey[]> {
  const rows = await db
    .selectFrom("signing_keys")
    .selectAll()
    .orderBy("position", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    // Only `insertKey` writes these columns.
    key: { kid: row.kid, privateJwk: row.private_jwk, publicJwk: row.public_jwk } as SigningKey,
    createdAtMs: row.created_at.getTime(),
  }));
}

/** Makes processes that want to add a key wait for each other, until the end of the transaction. */
export async function lockKeys(tx: UserTransaction): Promise<void> {
  await sql`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}

/** Adds a key, which is then the newest, and drops those beyond the `keep` newest. */
export async function insertKey(
  tx: UserTransaction,
  key: SigningKey,
  { keep, now }: { readonly keep: number; readonly now: Date },
): Promise<void> {
  await tx
    .insertInto("signing_keys")
    .values({
      kid: key.kid,
      private_jwk: JSON.stringify(key.privateJwk),
      public_jwk: JSON.stringify(key.publicJwk),
      created_at: now,
    })
    .execute();
  await tx
    .deleteFrom("signing_keys")
    .where("position", "not in", (eb) =>
      eb.selectFrom("signing_keys").select("position").orderBy("position", "desc").limit(keep),
    )
    .execute();
}
