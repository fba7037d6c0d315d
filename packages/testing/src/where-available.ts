import { it } from "@jest/globals";

/**
 * A test that needs something that not every machine has: runs it where `available`, else skips it and prints why, so that nobody
 * takes the skip for a pass.
 */
export function whereAvailable(
  available: boolean,
  reason: string,
): (name: string, body: () => Promise<void>, timeoutMs?: number) => void {
  if (available) return it;
  return (name) => {
    process.stdout.write(`skipped: ${name}: ${reason}\n`);
    // biome-ignore lint/suspicious/noSkippedTests: the one place that skips, with its reason printed.
    it.skip(name, () => {});
  };
}
