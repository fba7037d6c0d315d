import { execFileSync } from "node:child_process";

/** An account of the operating system, as `spawn` takes it. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts that PostgreSQL may run under, the best first: one of the two exists on every usual system. */
const candidates = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root, so root needs another account for it: "postgres", else "nobody". No account is ever created.
 * Undefined where this process is not root: then PostgreSQL runs under its own account.
 */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const uid = lookUp("-u", name);
    const gid = lookUp("-g", name);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new Error(
    `PostgreSQL cannot run as root, and there is no account named ${candidates.join(" or ")} to run it under. ` +
      "Create one, start as another user, or set the DATABASE_URL_… variables to a server of your own.",
  );
}

function lookUp(flag: "-u" | "-g", name: string): number | undefined {
  try {
    return Number(
      execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    // `id` says by its exit code that there is no such account.
    return undefined;
  }
}
