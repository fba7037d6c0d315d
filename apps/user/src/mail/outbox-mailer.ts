import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { mailText } from "../domain/mail-text.js";
import { insertMail } from "../store/mails.js";
import type { Mailer } from "./mailer.js";

/**
 * The mailer that needs no mail server: it writes into the outbox table, and says so in the log without recipient
 * and text.
 */
export function createOutboxMailer({ clock, log }: { readonly clock: Clock; readonly log: Logger }): Mailer {
  return {
    async send(tx, mail) {
      const mailId = await insertMail(tx, { ...mail, ...mailText(mail.template) }, new Date(clock.nowMs()));
      log.info({ mailId, template: mail.template }, "mail written to the outbox");
    },
  };
}
