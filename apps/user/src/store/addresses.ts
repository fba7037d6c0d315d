import { v7 as uuidv7 } from "uuid";
import type { AddressContent } from "../domain/address-book.js";
import type { AddressRow, UserQueries, UserTransaction } from "./schema.js";

/** Where a list of addresses goes on: behind this entry. */
export interface AddressCursor {
  readonly createdAtMs: number;
  readonly addressId: string;
}

/** The whole book, the oldest entry first. It is short: `maxAddresses`. */
export function addressBook(db: UserQueries, userId: string): Promise<AddressRow[]> {
  return inOrder(db, userId).execute();
}

/** At most `limit` entries behind the cursor, the oldest first. */
export function listAddresses(
  db: UserQueries,
  userId: string,
  { after, limit }: { readonly after: AddressCursor | undefined; readonly limit: number },
): Promise<AddressRow[]> {
  const all = inOrder(db, userId).limit(limit);
  if (!after) return all.execute();
  const createdAt = new Date(after.createdAtMs);
  return all
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple("created_at", "address_id"), ">", tuple(createdAt, after.addressId)),
    )
    .execute();
}

function inOrder(db: UserQueries, userId: string) {
  return db
    .selectFrom("addresses")
    .selectAll()
    .where("user_id", "=", userId)
    .orderBy("created_at")
    .orderBy("address_id");
}

/** Adds an entry that is not the default. */
export function insertAddress(
  tx: UserTransaction,
  userId: string,
  content: AddressContent,
  now: Date,
): Promise<AddressRow> {
  return tx
    .insertInto("addresses")
    .values({
      address_id: uuidv7(),
      user_id: userId,
      ...columns(content),
      is_default: false,
      revision: 1n,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Replaces what an entry says and counts its revision. */
export function updateAddress(
  tx: UserTransaction,
  addressId: string,
  content: AddressContent,
  now: Date,
): Promise<AddressRow> {
  return tx
    .updateTable("addresses")
    .set((eb) => ({ ...columns(content), revision: eb("revision", "+", 1n), updated_at: now }))
    .where("address_id", "=", addressId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Makes an entry the default in place of the present one. */
export async function setDefaultAddress(
  tx: UserTransaction,
  userId: string,
  addressId: string,
): Promise<void> {
  // First out, then in: the unique index allows no moment with two.
  await tx
    .updateTable("addresses")
    .set({ is_default: false })
    .where("user_id", "=", userId)
    .where("is_default", "=", true)
    .where("address_id", "!=", addressId)
    .execute();
  await tx.updateTable("addresses").set({ is_default: true }).where("address_id", "=", addressId).execute();
}

/** Removes an entry. */
export async function deleteAddress(tx: UserTransaction, addressId: string): Promise<void> {
  await tx.deleteFrom("addresses").where("address_id", "=", addressId).execute();
}

/** What a row says, without what the service keeps about it. */
export function contentOf(row: AddressRow): AddressContent {
  return {
    label: row.label,
    postal: {
      recipient: row.recipient,
      lines: row.lines,
      city: row.city,
      region: row.region,
      postalCode: row.postal_code,
      countryCode: row.country_code,
    },
  };
}

function columns({ label, postal }: AddressContent) {
  return {
    label,
    recipient: postal.recipient,
    lines: [...postal.lines],
    city: postal.city,
    region: postal.region,
    postal_code: postal.postalCode,
    country_code: postal.countryCode,
  };
}
