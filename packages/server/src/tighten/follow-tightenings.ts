import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Endpoint } from "../server-call.js";
import { Tightener } from "./tightener.js";
import { parseTightenings } from "./tightening.js";
import { type FileWatch, watchFile } from "./watch-file.js";

/**
 * Keeps the endpoints as tight as a file says, now and whenever it changes; without the file, as the contract says. A file that is broken or
 * would loosen anything changes nothing, and the log says why.
 */
export function followTightenings(
  path: string,
  endpoints: Iterable<Endpoint>,
  { log, clock }: { readonly log: Logger; readonly clock: Clock },
): FileWatch {
  const tightener = new Tightener(endpoints);
  const refused = (problems: readonly string[]) =>
    log.error({ path, problems }, "the tightening is refused; what held before goes on");
  const onText = (text: string | undefined) => {
    const wanted = parseTightenings(text ?? "{}");
    const problems = tightener.apply(wanted);
    if (problems.length > 0) refused(problems);
    else if (text !== undefined)
      log.warn({ path, tightened: wanted }, "an operator has tightened the contract");
  };
  const onError = (error: unknown) => refused([error instanceof Error ? error.message : String(error)]);
  return watchFile(path, { onText, onError }, clock);
}
