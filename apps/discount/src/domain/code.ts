/** A code as it is stored and compared: capitals, no blanks around it. */
export function normalizeCode(typed: string): string {
  return typed.trim().toUpperCase();
}

/** The entered codes, each once, ascending. Blank entries are no codes. */
export function enteredCodes(typed: readonly string[]): readonly string[] {
  return [...new Set(typed.map(normalizeCode))].filter((code) => code !== "").sort();
}
