/** Why a password is too easy to guess. */
export type PasswordWeakness = "common" | "repetitive" | "contains-email";

/** Fewer distinct characters than this make a password repetitive. */
export const minDistinctCharacters = 5;

/** A local part shorter than this is found in passwords by chance, so it is not searched for. */
const minSearchedLength = 4;

/** What people take when they are asked for ten characters: the stems of the passwords that leaks have most often. */
const commonStems: readonly string[] = [
  "password",
  "passw0rd",
  "qwertyuiop",
  "qwerty",
  "1q2w3e4r5t",
  "1234567890",
  "0987654321",
  "letmein",
  "iloveyou",
  "welcome",
  "administrator",
  "changeme",
  "football",
  "baseball",
  "princess",
  "sunshine",
];

/**
 * Judges a new password whose length the contract has checked. It asks for no classes of characters, which make
 * passwords worse (NIST SP 800-63B-4, 3.1.1.2); it refuses what is guessed first.
 *
 * @param email The account's address, normalised.
 * @returns undefined for a password that may be used.
 */
export function passwordWeakness(password: string, email: string): PasswordWeakness | undefined {
  const lower = password.toLowerCase();
  if (new Set(lower).size < minDistinctCharacters) return "repetitive";
  if (isCommon(lower)) return "common";
  const localPart = email.slice(0, email.lastIndexOf("@"));
  if (lower === email || (localPart.length >= minSearchedLength && lower.includes(localPart)))
    return "contains-email";
  return undefined;
}

// "Password2024!" is as common as "password": what is left beside the stem must add something.
function isCommon(lower: string): boolean {
  return commonStems.some((stem) => {
    const rest = lower.replaceAll(stem, "");
    return rest !== lower && /^[\d\s!?.,*#@$_-]{0,6}$/.test(rest);
  });
}
