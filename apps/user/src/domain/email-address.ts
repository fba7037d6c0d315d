/**
 * The form in which e-mail addresses are compared and looked up: in lower case. Accounts that differed in case
 * alone could be mistaken for one another, and providers that tell such addresses apart are not known. The contract
 * admits only ASCII addresses, so no further normalisation has an effect.
 */
export function normaliseEmail(email: string): string {
  return email.toLowerCase();
}
