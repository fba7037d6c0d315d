import { inTransaction } from "@charter/postgres";
import type { Handlers } from "@charter/server";
import type { ImportCustomersRequest, UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { type Customer, customerIds, insertCustomers } from "../store/customers.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

/** Messages of one stream. */
export const maxCustomers = 10_000;
/** Customers that are stored in one transaction. */
const batchSize = 500;

/** Takes customers over from another system. */
export function importCustomers(deps: UserDeps): Handlers<typeof UserService>["importCustomers"] {
  return async (requests) => {
    const batch: Customer[] = [];
    const seen = new Set<string>();
    const userIds = new Map<string, string>();
    let received = 0;
    let imported = 0;
    const store = async () => {
      imported += await storeBatch(deps, batch.splice(0), userIds);
    };
    for await (const request of requests) {
      received += 1;
      if (received > maxCustomers) break;
      if (!seen.has(request.externalRef)) batch.push(customerOf(request));
      seen.add(request.externalRef);
      if (batch.length >= batchSize) await store();
    }
    await store();
    if (received > maxCustomers) throw userError(UserError.IMPORT_TOO_LARGE);
    const customers = [...seen].map((externalRef) => ({
      externalRef,
      userId: userIds.get(externalRef) ?? "",
    }));
    return {
      received: BigInt(received),
      imported: BigInt(imported),
      unchanged: BigInt(received - imported),
      customers,
    };
  };
}

function customerOf({ externalRef, countryCode, displayName = "" }: ImportCustomersRequest): Customer {
  return { externalRef, countryCode, displayName };
}

/** Stores customers and notes their ids; returns how many are new. */
async function storeBatch(
  { db, clock }: UserDeps,
  batch: readonly Customer[],
  userIds: Map<string, string>,
): Promise<number> {
  if (batch.length === 0) return 0;
  const added = await inTransaction(db, (tx) => insertCustomers(tx, batch, new Date(clock.nowMs())));
  const ids = await customerIds(
    db,
    batch.map(({ externalRef }) => externalRef),
  );
  for (const [externalRef, userId] of ids) userIds.set(externalRef, userId);
  return added.size;
}
