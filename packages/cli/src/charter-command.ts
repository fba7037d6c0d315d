import type { Command } from "commander";

/** A subcommand of `charter` that a project brings along: a module that is named in its package.json exports it as `command`. */
export interface CharterCommand {
  /** What follows `charter` on the command line. */
  readonly name: string;
  /** One line for `charter --help`. */
  readonly summary: string;
  /** Adds arguments, options and the action to the command made for `name`. The action may return a promise. */
  register(command: Command): void;
}

/** Whether a module's export is a command. */
export function isCharterCommand(value: unknown): value is CharterCommand {
  if (typeof value !== "object" || value === null) return false;
  const { name, summary, register } = value as Record<string, unknown>;
  return typeof name === "string" && typeof summary === "string" && typeof register === "function";
}
