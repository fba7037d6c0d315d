import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./usage-error.js";

/** The project that `charter` works for: the nearest folder upwards whose package.json has a field "charter". */
export interface Project {
  /** Absolute path of the folder. Module paths are relative to it. */
  readonly root: string;
  /** Modules that each export a `command`. Default: none. */
  readonly commands: readonly string[];
  /** Modules of generated contracts; `*` and `**` work as in a shell. Default: none. */
  readonly contracts: readonly string[];
  /**
   * Where a running stack says what it consists of: `{"services": {name: {"url": address, "adminUrl"?: address}}}`. Default: undefined,
   * no stack is known.
   */
  readonly stackFile: string | undefined;
}

/**
 * Finds the project of a folder. Where there is none, the folder itself with no commands and no contracts.
 * @throws UsageError when the field "charter" is not what it should be
 */
export function findProject(folder: string): Project {
  for (let root = folder; ; root = dirname(root)) {
    const field = charterField(join(root, "package.json"));
    if (field !== undefined) return projectOf(root, field);
    if (root === dirname(root)) return { root: folder, commands: [], contracts: [], stackFile: undefined };
  }
}

function charterField(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { charter?: unknown }).charter;
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function projectOf(root: string, field: unknown): Project {
  const { commands = [], contracts = [], stackFile } = Object(field) as Record<string, unknown>;
  for (const list of [commands, contracts]) {
    if (Array.isArray(list) && list.every((path) => typeof path === "string")) continue;
    throw new UsageError(
      `${join(root, "package.json")}: "charter" must be {"commands": [paths], "contracts": [paths]}`,
    );
  }
  if (stackFile !== undefined && typeof stackFile !== "string")
    throw new UsageError(`${join(root, "package.json")}: "stackFile" in "charter" must be a path`);
  return { root, commands: commands as string[], contracts: contracts as string[], stackFile };
}
