/** ISO 3166-1 leaves this code to its users; here it says that the source names no country. */
export const NO_COUNTRY = "ZZ";

/** What the invoices call a country where English has another name for it, and what they write that is no country. */
const aliases: Readonly<Record<string, string>> = {
  EIRE: "IE",
  RSA: "ZA",
  USA: "US",
  "Czech Republic": "CZ",
  "Channel Islands": NO_COUNTRY,
  "European Community": NO_COUNTRY,
  Unspecified: NO_COUNTRY,
};

const codes: ReadonlyMap<string, string> = englishNames();

/** The ISO 3166-1 alpha-2 code of a country's English name, or NO_COUNTRY; undefined for a name that nobody knows. */
export function countryCode(name: string): string | undefined {
  return aliases[name] ?? codes.get(name);
}

/** The English name of every country code that is in use today. */
function englishNames(): Map<string, string> {
  const display = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const found = new Map<string, string>();
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = display.of(code);
    // Names of former codes (DD, UK) are those of their successors.
    if (name !== undefined && new Intl.Locale(`und-${code}`).region === code) found.set(name, code);
  }
  return found;
}
