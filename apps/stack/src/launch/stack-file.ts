import { rmSync } from "node:fs";
import { z } from "zod";
import { readJsonFile, writeSecretFile } from "./secret-file.js";

const perService = <T extends z.ZodType>(value: T) =>
  z.object({ user: value, discount: value, buy: value, delivery: value });

const schema = z.object({
  /** Process id of the launcher. */
  pid: z.number().int(),
  services: perService(z.object({ url: z.string(), pid: z.number().int() })),
  databases: perService(z.string()),
  operator: z.object({ email: z.string(), password: z.string() }),
});

/** What `.charter/stack.json` says of the running stack. */
export type StackFile = z.infer<typeof schema>;

/** Writes the file, readable by its owner only, for it holds passwords. */
export const writeStackFile = (path: string, content: StackFile): void => writeSecretFile(path, content);

/** Removes the file; a stack that does not run has none. */
export const removeStackFile = (path: string): void => rmSync(path, { force: true });

/** The running stack; undefined when none runs. A file that a killed stack left behind counts as none. */
export function readStackFile(path: string): StackFile | undefined {
  const result = schema.safeParse(readJsonFile(path));
  return result.success && isAlive(result.data.pid) ? result.data : undefined;
}

/** Like `readStackFile`, but a shop that does not run is an error that says what to do. */
export function runningStack(path: string): StackFile {
  const found = readStackFile(path);
  if (!found)
    throw new Error(
      `The shop is not running (${path} names no living process); start it with \`npm start\` and repeat the command.`,
    );
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
