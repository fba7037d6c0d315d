import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the stack keeps what it makes. Everything lies below the git-ignored `.charter/` of the repository. */
export interface Folders {
  root: string;
  /** The embedded PostgreSQL's data. */
  postgres: string;
  /** Keys of the services: `<service>.key.json` (secret) and `<service>.pub.json`. */
  identity: string;
  /** One log file for each service. */
  logs: string;
  /** What scripts read to find the running stack. */
  stackFile: string;
  /** Passwords that outlive a restart. */
  secretsFile: string;
}

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** Names the folders below `root` and creates the ones that the stack itself writes to. */
export function openFolders(root = `${repository}.charter`): Folders {
  const folders = {
    root,
    postgres: `${root}/postgres`,
    identity: `${root}/identity`,
    logs: `${root}/logs`,
    stackFile: `${root}/stack.json`,
    secretsFile: `${root}/secrets.json`,
  };
  for (const folder of [root, folders.identity, folders.logs]) mkdirSync(folder, { recursive: true });
  return folders;
}
