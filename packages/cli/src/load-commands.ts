import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type CharterCommand, isCharterCommand } from "./charter-command.js";
import type { Project } from "./project.js";

/** The commands of a project, and a sentence for each that could not be had, so that one broken module leaves the others usable. */
export interface LoadedCommands {
  readonly commands: readonly CharterCommand[];
  readonly problems: readonly string[];
}

/** Imports the modules that the project names as commands. */
export async function loadCommands(project: Project): Promise<LoadedCommands> {
  const loaded = await Promise.all(project.commands.map((path) => loadCommand(project.root, path)));
  return {
    commands: loaded.filter((one) => typeof one !== "string"),
    problems: loaded.filter((one) => typeof one === "string"),
  };
}

async function loadCommand(root: string, path: string): Promise<CharterCommand | string> {
  try {
    const module = (await import(pathToFileURL(resolve(root, path)).href)) as { command?: unknown };
    return isCharterCommand(module.command)
      ? module.command
      : `${path} exports no command {name, summary, register}`;
  } catch (error) {
    return `${path} cannot be loaded (is it built?): ${(error as Error).message}`;
  }
}
