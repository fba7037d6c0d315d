import { type Clock, systemClock } from "@charter/time";
import { sql, type Transaction } from "kysely";
import type { Saga } from "./define-saga.js";

/** What a saga begins with. */
export interface EnqueueOptions<State> {
  /** Names it in the table. */
  readonly id: string;
  readonly state: State;
  /** Handed to the runner's `around` with every step, e.g. a `traceparent`. Default: nothing. */
  readonly trace?: string | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Stores a saga in the caller's transaction, to be run by any worker once that commits; call the runner's `wake` then to have it begin at
 * once. An id that exists already is refused by the table's primary key (a unique violation).
 */
export async function enqueueSaga<State, Schema, TxSchema>(
  tx: Transaction<TxSchema>,
  saga: Saga<State, Schema>,
  { id, state, trace, clock = systemClock }: EnqueueOptions<State>,
): Promise<void> {
  const now = new Date(clock.nowMs());
  const first = saga.steps.find(({ run }) => run) ?? saga.steps[0];
  await sql`INSERT INTO charter_saga (id, name, state, step, trace, due_at, created_at, updated_at)
    VALUES (${id}, ${saga.name}, ${JSON.stringify(state)}::jsonb, ${first?.name}, ${trace ?? null},
      ${now}, ${now}, ${now})`.execute(tx);
}
