import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { inTransaction, KeyReusedError, type OnceOptions, once } from "@charter/postgres";
import type { Call } from "@charter/server";
import type { UserTransaction } from "../store/schema.js";
import { UserError, userError } from "../user-error.js";
import type { UserDeps } from "./user-deps.js";

/**
 * Runs `effect` in a transaction, once for each idempotency key, and answers a repeat as the first call was answered.
 * @throws ContractError IDEMPOTENCY_KEY_REUSED
 */
export async function answerOnce<D extends DescMessage>(
  { db }: Pick<UserDeps, "db">,
  { deadline, signal }: Pick<Call, "deadline" | "signal">,
  schema: D,
  key: OnceOptions,
  effect: (tx: UserTransaction) => Promise<MessageInitShape<D>>,
): Promise<MessageShape<D>> {
  const run = (tx: UserTransaction) =>
    once(tx, key, async () => toBinary(schema, create(schema, await effect(tx))));
  try {
    const { answer } = await inTransaction(db, run, { deadline, signal });
    return fromBinary(schema, answer);
  } catch (error) {
    if (error instanceof KeyReusedError) throw userError(UserError.IDEMPOTENCY_KEY_REUSED, { cause: error });
    throw error;
  }
}
