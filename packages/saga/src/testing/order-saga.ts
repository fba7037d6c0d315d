import type { Database } from "@charter/postgres";
import { defineSaga, type Saga, type SagaOptions, type StepContext } from "@charter/saga";
import { sql } from "kysely";

/** The state of the sagas in these tests: what they have done so far. */
export interface Trail {
  done: string[];
}

export type Context = StepContext<Trail, unknown>;

/** A service that the steps call. */
export interface Callee {
  /** Takes effect once per key, as a callee with idempotency keys does; a key that was undone before stays without effect. */
  effect(key: string): Promise<void>;
  undo(key: string): Promise<void>;
  /** The keys in effect, sorted. */
  effects(): Promise<string[]>;
}

/** A callee that keeps its effects in the same database, each in a transaction of its own. */
export function callee(db: Database<unknown>): Callee {
  return {
    effect: async (key) => {
      await sql`INSERT INTO effect (key, undone) VALUES (${key}, false)
        ON CONFLICT (key) DO UPDATE SET times = effect.times + 1`.execute(db);
    },
    undo: async (key) => {
      await sql`INSERT INTO effect (key, undone) VALUES (${key}, true)
        ON CONFLICT (key) DO UPDATE SET undone = true`.execute(db);
    },
    effects: async () => {
      const { rows } = await sql<{
        key: string;
      }>`SELECT key FROM effect WHERE NOT undone ORDER BY key`.execute(db);
      return rows.map(({ key }) => key);
    },
  };
}

/** What a test puts in the place of a step's or a compensation's work; the ordinary work is `effect` or `undo`. */
export type Work = (context: Context, ordinary: () => Promise<void>) => Promise<void>;

/** reserve, authorise (compensable), confirm (pivot), ship (forward), each with its effect; `works` replaces what some of them do. */
export function orderSaga(
  target: Callee,
  works: Readonly<Record<string, Work>> = {},
  options: Partial<SagaOptions<Trail, unknown>> = {},
): Saga<Trail> {
  const work = (name: string, ordinary: (context: Context) => Promise<void>) => async (context: Context) => {
    const replaced = works[name] ?? ((_, plain) => plain());
    await replaced(context, () => ordinary(context));
    context.state.done.push(name);
  };
  const run = (name: string) => work(name, ({ key }) => target.effect(key));
  const undo = (name: string) => work(`undo ${name}`, ({ key }) => target.undo(key));
  return defineSaga<Trail>({
    name: "order",
    steps: [
      { name: "reserve", kind: "compensable", run: run("reserve"), compensate: undo("reserve") },
      { name: "authorise", kind: "compensable", run: run("authorise"), compensate: undo("authorise") },
      {
        name: "confirm",
        kind: "pivot",
        run: work("confirm", ({ key, transaction }) =>
          transaction(async (tx) => {
            await sql`INSERT INTO effect (key, undone) VALUES (${key}, false)`.execute(tx);
          }),
        ),
      },
      { name: "ship", kind: "forward", run: run("ship") },
    ],
    ...options,
  });
}

/** All four effects of one order. */
export const complete = (id: string) => [`${id}:authorise`, `${id}:confirm`, `${id}:reserve`, `${id}:ship`];
