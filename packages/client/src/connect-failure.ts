/** Said only of an attempt to connect or to look up a name. */
const ALWAYS = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);
/** Said also of a connection that was open; then only the system call tells. */
const WHILE_CONNECTING = new Set([
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
]);
const MAX_CAUSES = 10;

/** The system's name for why no connection came about ("ECONNREFUSED"), or undefined when one may have. */
export function connectFailure(error: unknown): string | undefined {
  for (let depth = 0; error instanceof Error && depth < MAX_CAUSES; depth += 1) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code !== undefined && ALWAYS.has(code)) return code;
    if (code !== undefined && WHILE_CONNECTING.has(code) && syscall === "connect") return code;
    error = error.cause;
  }
  return undefined;
}
