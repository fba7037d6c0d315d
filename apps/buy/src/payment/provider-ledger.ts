import type { Database } from "@charter/postgres";
import { inTransaction } from "@charter/postgres";
import { type Kysely, sql } from "kysely";
import {
  type AuthorizeRequest,
  type PaymentAmount,
  PaymentKeyReusedError,
  type PaymentOutcome,
  type PaymentQueryOutcome,
  type SettleRequest,
  type VoidRequest,
} from "./payment-provider.js";

type Tx = Kysely<unknown>;
type Kind = "authorize" | "capture" | "void" | "refund";
type Account = "shopper" | "held" | "merchant";

interface Operation {
  readonly key: string;
  readonly kind: Kind;
  readonly authorizationKey: string;
  /** Everything else that makes two requests the same, as one line. */
  readonly fingerprint: string;
}

const APPROVED: PaymentOutcome = { kind: "approved" };
const declined = (reason: string): PaymentOutcome => ({ kind: "declined", reason });
const line = (amount: PaymentAmount, ...more: string[]) =>
  [amount.currencyCode, amount.minor, ...more].join(" ");

/**
 * The provider's books: double entry, so that every operation moves money from one account of an authorization to another
 * and nothing appears or vanishes. Each operation is one transaction that also records its key and outcome.
 */
export class ProviderLedger {
  readonly #db: Database<unknown>;

  constructor(db: Database<unknown>) {
    this.#db = db;
  }

  /** Moves the amount from the shopper to what is held, unless a tombstone forbids it. */
  authorize({ key, amount, methodToken, reference }: AuthorizeRequest): Promise<PaymentOutcome> {
    const fingerprint = line(amount, methodToken, reference);
    return this.#once({ key, kind: "authorize", authorizationKey: key, fingerprint }, async (tx) => {
      const moved = await sql`
        with opened as (
          insert into provider.authorizations (key, currency_code, method_token, reference)
          values (${key}, ${amount.currencyCode}, ${methodToken}, ${reference})
          on conflict (key) do nothing returning key
        )
        insert into provider.entries (operation_key, authorization_key, account, amount_minor)
        select key, key, account, minor from opened,
          (values ('shopper', ${-amount.minor}::int8), ('held', ${amount.minor}::int8)) as entry (account, minor)`.execute(
        tx,
      );
      return moved.numAffectedRows === 0n ? declined("VOIDED") : APPROVED;
    });
  }

  /** Records that the authorization was declined. */
  refuse(request: AuthorizeRequest, reason: string): Promise<PaymentOutcome> {
    const { key, amount, methodToken, reference } = request;
    const fingerprint = line(amount, methodToken, reference);
    return this.#once({ key, kind: "authorize", authorizationKey: key, fingerprint }, async () =>
      declined(reason),
    );
  }

  /** Moves the amount from what is held to the merchant. */
  capture(request: SettleRequest): Promise<PaymentOutcome> {
    return this.#settle("capture", request, "held", "merchant");
  }

  /** Moves the amount from the merchant back to the shopper. */
  refund(request: SettleRequest): Promise<PaymentOutcome> {
    return this.#settle("refund", request, "merchant", "shopper");
  }

  /** Moves what is held back to the shopper; leaves a tombstone where there is no authorization yet. */
  void({ key, authorizationKey }: VoidRequest): Promise<PaymentOutcome> {
    return this.#once({ key, kind: "void", authorizationKey, fingerprint: "" }, async (tx) => {
      await sql`
        insert into provider.authorizations (key, currency_code, method_token, reference)
        values (${authorizationKey}, 'XXX', '', '')
        on conflict (key) do nothing`.execute(tx);
      await lockAuthorization(tx, authorizationKey);
      const held = await balance(tx, authorizationKey, "held");
      if (held > 0n) await move(tx, key, authorizationKey, "held", "shopper", held);
      return APPROVED;
    });
  }

  /** The recorded outcome of a key. */
  async query(key: string): Promise<PaymentQueryOutcome> {
    return (await recorded(this.#db, key))?.outcome ?? { kind: "absent" };
  }

  /** How often the key was tried before this attempt. Counted for the scripts, which fail the first attempts. */
  async countAttempt(key: string): Promise<number> {
    const { rows } = await sql<{ earlier: number }>`
      insert into provider.attempts (key, count) values (${key}, 1)
      on conflict (key) do update set count = provider.attempts.count + 1
      returning count - 1 as earlier`.execute(this.#db);
    return rows[0]?.earlier ?? 0;
  }

  /** The means of payment of an authorization; undefined where there is none. */
  async methodOf(authorizationKey: string): Promise<string | undefined> {
    const { rows } = await sql<{ method_token: string }>`
      select method_token from provider.authorizations where key = ${authorizationKey}`.execute(this.#db);
    return rows[0]?.method_token;
  }

  #settle(
    kind: "capture" | "refund",
    { key, authorizationKey, amount }: SettleRequest,
    from: Account,
    to: Account,
  ): Promise<PaymentOutcome> {
    return this.#once({ key, kind, authorizationKey, fingerprint: line(amount) }, async (tx) => {
      const currency = await lockAuthorization(tx, authorizationKey);
      if (currency === undefined) return declined("NOT_AUTHORIZED");
      if (currency !== amount.currencyCode) return declined("WRONG_CURRENCY");
      if ((await balance(tx, authorizationKey, from)) < amount.minor) return declined("AMOUNT_TOO_LARGE");
      await move(tx, key, authorizationKey, from, to, amount.minor);
      return APPROVED;
    });
  }

  #once(operation: Operation, run: (tx: Tx) => Promise<PaymentOutcome>): Promise<PaymentOutcome> {
    return inTransaction(this.#db, async (tx) => {
      // Two requests with one key follow one another: the second waits here, and finds what the first recorded.
      if (!(await claim(tx, operation))) {
        const before = await recorded(tx, operation.key);
        if (before === undefined) throw new Error(`the operation ${operation.key} was recorded and is gone`);
        if (!isSame(before, operation)) throw new PaymentKeyReusedError(operation.key);
        return before.outcome;
      }
      const outcome = await run(tx);
      if (outcome.kind === "declined") await decline(tx, operation.key, outcome.reason);
      return outcome;
    });
  }
}

function isSame(before: Operation, now: Operation): boolean {
  return (
    before.kind === now.kind &&
    before.authorizationKey === now.authorizationKey &&
    before.fingerprint === now.fingerprint
  );
}

async function recorded(
  db: Tx,
  key: string,
): Promise<(Operation & { readonly outcome: PaymentOutcome }) | undefined> {
  const { rows } = await sql<{
    kind: Kind;
    authorization_key: string;
    fingerprint: string;
    declined_reason: string | null;
  }>`select kind, authorization_key, fingerprint, declined_reason from provider.operations where key = ${key}`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    key,
    kind: row.kind,
    authorizationKey: row.authorization_key,
    fingerprint: row.fingerprint,
    outcome: row.declined_reason === null ? APPROVED : declined(row.declined_reason),
  };
}

/** Records an operation, as approved until it says otherwise. False when the key is recorded already. */
async function claim(tx: Tx, { key, kind, authorizationKey, fingerprint }: Operation): Promise<boolean> {
  const claimed = await sql`
    insert into provider.operations (key, kind, authorization_key, fingerprint)
    values (${key}, ${kind}, ${authorizationKey}, ${fingerprint}) on conflict (key) do nothing`.execute(tx);
  return claimed.numAffectedRows === 1n;
}

async function decline(tx: Tx, key: string, reason: string): Promise<void> {
  await sql`update provider.operations set declined_reason = ${reason} where key = ${key}`.execute(tx);
}

async function lockAuthorization(tx: Tx, key: string): Promise<string | undefined> {
  const { rows } = await sql<{ currency_code: string }>`
    select currency_code from provider.authorizations where key = ${key} for update`.execute(tx);
  return rows[0]?.currency_code;
}

async function balance(tx: Tx, authorizationKey: string, account: Account): Promise<bigint> {
  const { rows } = await sql<{ balance: bigint }>`
    select coalesce(sum(amount_minor), 0)::int8 as balance from provider.entries
    where authorization_key = ${authorizationKey} and account = ${account}`.execute(tx);
  return rows[0]?.balance ?? 0n;
}

async function move(
  tx: Tx,
  operationKey: string,
  authorizationKey: string,
  from: Account,
  to: Account,
  minor: bigint,
): Promise<void> {
  await sql`
    insert into provider.entries (operation_key, authorization_key, account, amount_minor)
    values (${operationKey}, ${authorizationKey}, ${from}, ${-minor}),
           (${operationKey}, ${authorizationKey}, ${to}, ${minor})`.execute(tx);
}
