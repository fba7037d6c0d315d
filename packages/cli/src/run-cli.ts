import { Command, CommanderError } from "commander";
import { addExplainCommand } from "./explain/explain-command.js";
import { loadCommands } from "./load-commands.js";
import { findProject } from "./project.js";
import { addTopCommand } from "./top/top-command.js";
import { UsageError } from "./usage-error.js";

/** The command line was not understood. */
export const EXIT_USAGE = 2;
/** The command was understood and failed. */
export const EXIT_FAILURE = 1;

/** Where the command stands and speaks. */
export interface Surroundings {
  readonly folder: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/**
 * Runs `charter <args>`. Resolves to the exit code: 0, 1 when a command failed, 2 when the command line was not understood.
 * A command may also set `process.exitCode` itself; that stands when this resolves to 0.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { printError } = surroundings;
  try {
    const program = await createProgram(surroundings);
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    const usage = error instanceof UsageError;
    printError(`charter: ${error instanceof Error ? error.message : String(error)}\n`);
    return usage ? EXIT_USAGE : EXIT_FAILURE;
  }
}

async function createProgram({ folder, print, printError }: Surroundings): Promise<Command> {
  const project = findProject(folder);
  const program = new Command("charter")
    .description("Tools for a contract-first system of services.")
    .configureOutput({ writeOut: print, writeErr: printError })
    .showHelpAfterError("(charter --help lists the commands)")
    .exitOverride();
  addExplainCommand(program, project, print);
  addTopCommand(program, project, { print });
  const { commands, problems } = await loadCommands(project);
  for (const command of commands) {
    command.register(program.command(command.name).summary(command.summary).description(command.summary));
  }
  for (const problem of problems) printError(`charter: ${problem}\n`);
  return program;
}
