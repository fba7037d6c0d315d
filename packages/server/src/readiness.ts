import { type Clock, sleep } from "@charter/time";
import { type Document, NotReady } from "./http/documents.js";
import type { Lifecycle } from "./lifecycle.js";

/** How long one check may take before it counts as failed. */
const CHECK_MS = 2_000;

/** Checks by name; a check that rejects says that the server cannot serve now. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

/** The document of /readyz: every check's outcome, with 503 when one failed or the server is draining. */
export function readinessDocument(checks: ReadinessChecks, lifecycle: Lifecycle, clock: Clock): Document {
  return async () => {
    if (lifecycle.draining) throw new NotReady({ status: "draining" });
    const outcomes = await Promise.all(
      Object.entries(checks).map(([name, check]) => outcomeOf(name, check, clock)),
    );
    const document = { checks: Object.fromEntries(outcomes) };
    if (outcomes.some(([, outcome]) => outcome !== "ok"))
      throw new NotReady({ status: "not ready", ...document });
    return { status: "ready", ...document };
  };
}

async function outcomeOf(name: string, check: () => Promise<void>, clock: Clock): Promise<[string, string]> {
  const over = new AbortController();
  const tooSlow = sleep(clock, CHECK_MS, over.signal).then(
    () => "too slow",
    () => "ok",
  );
  // Why a check failed may name hosts and users, so the document says only that it did.
  const checked = Promise.resolve()
    .then(check)
    .then(
      () => "ok",
      () => "failed",
    );
  const outcome = await Promise.race([checked, tooSlow]);
  over.abort();
  return [name, outcome];
}
