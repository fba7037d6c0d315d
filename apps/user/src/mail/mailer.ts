import type { MailTemplate } from "../domain/mail-text.js";
import type { UserTransaction } from "../store/schema.js";

/** A mail to the owner of an account. */
export interface Mail {
  readonly userId: string;
  readonly recipient: string;
  readonly template: MailTemplate;
}

/** The way out for mails. */
export interface Mailer {
  /** Hands a mail over with the change that it tells of: it goes out if and only if the transaction commits. */
  send(tx: UserTransaction, mail: Mail): Promise<void>;
}
