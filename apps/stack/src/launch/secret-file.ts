import { readFileSync, renameSync, writeFileSync } from "node:fs";

const OWNER_ONLY = 0o600;

/** Writes JSON that only the owner may read. The file is there whole or not at all. */
export function writeSecretFile(path: string, value: unknown): void {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: OWNER_ONLY });
  renameSync(draft, path);
}

/** Reads JSON; undefined where there is no such file. Throws on a file that cannot be read as JSON, naming it. */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON; remove it and start again.`, { cause });
  }
}
