import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIdentity } from "./processes.js";

/** Another living process runs the cluster in this directory. */
export class ClusterInUseError extends Error {
  override readonly name = "ClusterInUseError";
  readonly directory: string;
  /** The owner's process id. */
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(`The PostgreSQL cluster in ${directory} is in use by process ${pid}. Stop that one first.`);
    this.directory = directory;
    this.pid = pid;
  }
}

const maxTries = 3;

/**
 * Marks the directory as owned by this process and returns what removes the mark. The mark of a process that has ended, by SIGKILL say, is
 * replaced; a living owner's throws ClusterInUseError.
 */
export function takeOwnership(directory: string): () => void {
  const file = join(directory, "owner");
  const mark = `${process.pid} ${processIdentity(process.pid)}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(file, mark, { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt === maxTries) throw error;
    }
    const [pid, identity] = readFileSync(file, "utf8").split(/ (.*)/);
    // A mark without an identity was cut short while it was written.
    if (identity && processIdentity(Number(pid)) === identity)
      throw new ClusterInUseError(directory, Number(pid));
    rmSync(file, { force: true });
  }
}
