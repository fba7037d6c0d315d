import { type Calls, shopper } from "./calls.js";

/** A password that passes the rules. */
export const password = "correct horse battery";

let made = 0;

/** Registers a new account and logs it in. */
export async function loggedIn(calls: Calls, email = `shopper-${++made}@example.org`) {
  await calls.register({ idempotencyKey: `register ${email}`, email, password, displayName: "Ada" });
  const { tokens, user } = await calls.login({ email, password });
  if (!tokens || !user) throw new TypeError("Login answered without tokens or account");
  return { email, tokens, user, principal: shopper(user.userId, tokens.sessionId) };
}
