/** What a mail is about. */
export type MailTemplate = "welcome" | "registration-attempted";

/** A mail before it has a recipient. */
export interface MailText {
  readonly subject: string;
  readonly body: string;
}

const texts: Readonly<Record<MailTemplate, MailText>> = {
  welcome: {
    subject: "Welcome to the shop",
    body: "Your account is open, and you can log in with your e-mail address and password.\n\nIf it was not you who opened it, reset the password: the account is then yours alone.",
  },
  "registration-attempted": {
    subject: "You have an account already",
    body: "Somebody, probably you, asked for an account with this e-mail address. You have one already, and nothing about it has changed.\n\nIf you have forgotten the password, reset it.",
  },
};

/** The text of a mail. It holds no secret, so it may be kept as it is. */
export function mailText(template: MailTemplate): MailText {
  return texts[template];
}

/** Who asks again and again for an address that is taken does not make its owner read about it more often than this. */
export const attemptMailIntervalMs = 3_600_000;
