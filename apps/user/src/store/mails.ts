import { v7 as uuidv7 } from "uuid";
import type { UserQueries, UserTransaction } from "./schema.js";

/** A mail on its way out. */
export interface NewMail {
  readonly userId: string;
  readonly template: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
}

/** Writes a mail into the outbox; returns its id. */
export async function insertMail(tx: UserTransaction, mail: NewMail, now: Date): Promise<string> {
  const { mail_id } = await tx
    .insertInto("mails")
    .values({
      mail_id: uuidv7(),
      user_id: mail.userId,
      template: mail.template,
      recipient: mail.recipient,
      subject: mail.subject,
      body: mail.body,
      created_at: now,
    })
    .returning("mail_id")
    .executeTakeFirstOrThrow();
  return mail_id;
}

/** When the account was last sent a mail of this kind. */
export async function lastMailAt(
  db: UserQueries,
  userId: string,
  template: string,
): Promise<Date | undefined> {
  const row = await db
    .selectFrom("mails")
    .select("created_at")
    .where("user_id", "=", userId)
    .where("template", "=", template)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}

/** Forgets mails that were written before a moment; at most `limit`. Returns how many. */
export async function purgeMails(db: UserQueries, before: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("mails")
    .where("mail_id", "in", (eb) =>
      eb.selectFrom("mails").select("mail_id").where("created_at", "<", before).limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
