import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { SystemUser } from "./system-user.js";

/** Where root keeps what PostgreSQL's account must reach and cannot reach in the directory that was asked for. */
const sharedFolder = "/var/lib/charter";

/** The folders of one cluster. */
export interface Place {
  /** What the caller asked for, made absolute. Holds the administrator's password and the owner's mark. */
  readonly directory: string;
  /** The folder in which PostgreSQL's own files lie: `directory`, or one below /var/lib/charter. */
  readonly home: string;
  /** PostgreSQL's data folder, in `home`. May not exist yet. */
  readonly data: string;
}

/**
 * Settles where a cluster lives. Ordinarily that is `directory` itself. As root, PostgreSQL runs under another account, which may not be able to
 * enter a folder above `directory`; then its data lies below /var/lib/charter, under a name made from `directory`, and `directory`/data is a
 * link to it. Removing `directory` therefore makes the next start begin anew in either case.
 */
export function settlePlace(directory: string, user: SystemUser | undefined): Place {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const absolute = realpathSync(directory);
  if (!user) return inside(absolute);
  // Others may pass through to the data, which is closed to all but its account, and cannot list what lies here.
  chmodSync(absolute, statSync(absolute).mode | 0o011);
  return canEnter(absolute, user) ? inside(absolute) : outside(absolute, user);
}

function inside(directory: string): Place {
  const data = join(directory, "data");
  // It may be a link that was made when the account could not yet enter.
  const real = existsSync(data) ? realpathSync(data) : data;
  return { directory, home: dirname(real), data: real };
}

function outside(directory: string, user: SystemUser): Place {
  const name = createHash("sha256").update(directory).digest("hex").slice(0, 16);
  const home = join(makeSharedFolder(), name);
  const link = join(directory, "data");
  const existing = lstatSync(link, { throwIfNoEntry: false });
  if (existing && !existing.isSymbolicLink()) {
    throw new Error(`The account "${user.name}" cannot enter ${directory} any more, where its data lies`);
  }
  if (!existing) {
    rmSync(home, { recursive: true, force: true });
    symlinkSync(join(home, "data"), link);
  }
  mkdirSync(home, { recursive: true, mode: 0o711 });
  return { directory, home, data: join(home, "data") };
}

/** Makes the folder below which root puts what other accounts must reach. */
export function makeSharedFolder(): string {
  try {
    mkdirSync(sharedFolder, { recursive: true });
    chmodSync(sharedFolder, 0o755);
    return sharedFolder;
  } catch (cause) {
    throw new Error(
      `PostgreSQL's account cannot enter the folder that was given, and ${sharedFolder} cannot be made instead. ` +
        "Move to a folder that every account may enter (chmod o+x on each folder above it), or start as another user.",
      { cause },
    );
  }
}

/** Makes an empty folder that only PostgreSQL's account may use. */
export function makePrivateFolder(path: string, user: SystemUser | undefined): void {
  if (existsSync(path)) rmSync(path, { recursive: true });
  mkdirSync(path, { mode: 0o700 });
  if (user) chownSync(path, user.uid, user.gid);
}

function canEnter(folder: string, { uid, gid }: SystemUser): boolean {
  // The kernel's own answer: it knows of access lists and of what root may not pass on.
  return spawnSync("test", ["-x", folder], { uid, gid, cwd: "/" }).status === 0;
}
