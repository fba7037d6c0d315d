import { describeError } from "@charter/telemetry";

/** A process that runs until it is told to end. */
export interface Program {
  /** On every line that is printed here, e.g. "buy". */
  readonly name: string;
  /** Starts the work; `drain` ends it. */
  readonly start: () => Promise<{ drain(): Promise<void> }>;
}

/** The parts of node:process that are used, so that a test can stand in for them. */
export type Host = Pick<NodeJS.Process, "on" | "exit" | "env"> & {
  readonly stderr: { write(line: string): unknown };
  readonly stdin: Pick<NodeJS.ReadStream, "on" | "resume">;
};

const EXIT_FAILED = 1;

/**
 * Runs a program: SIGINT and SIGTERM drain it and the process ends with 0; a second signal ends it at once. A start that fails, a
 * drain that fails and an exception that nobody caught are printed, and the process ends with 1. With CHARTER_STOP_WITH_STDIN=1 in
 * the environment the end of the standard input counts as a signal: whoever started the process holds the other end of the pipe,
 * so the process does not outlive them, however they end.
 */
export async function runProcess(program: Program, host: Host = process): Promise<void> {
  const fail = (what: string, error: unknown) => {
    host.stderr.write(`${describe(program.name, what, error)}\n`);
    host.exit(EXIT_FAILED);
  };
  host.on("uncaughtException", (error) => fail("an exception that nobody caught", error));
  host.on("unhandledRejection", (error) => fail("a rejection that nobody handled", error));
  try {
    const { drain } = await program.start();
    drainOnSignal(host, drain, (error) => fail("cannot end gracefully", error));
  } catch (error) {
    fail("cannot start", error);
  }
}

function drainOnSignal(host: Host, drain: () => Promise<void>, onFailure: (error: unknown) => void): void {
  let draining = false;
  const onSignal = () => {
    if (draining) return void host.exit(EXIT_FAILED);
    draining = true;
    drain().then(() => host.exit(0), onFailure);
  };
  host.on("SIGINT", onSignal);
  host.on("SIGTERM", onSignal);
  if (host.env.CHARTER_STOP_WITH_STDIN !== "1") return;
  host.stdin.on("close", onSignal);
  host.stdin.resume();
}

/** Errors that name the next step are printed as they are; the rest with its stack, as one line for a log. */
function describe(name: string, what: string, error: unknown): string {
  if (error instanceof Error && EXPLAINED.has(error.name)) return `${name}: ${what}: ${error.message}`;
  return JSON.stringify({ level: "fatal", service: name, msg: what, err: describeError(error) });
}

const EXPLAINED = new Set(["EnvironmentError", "PortTakenError", "PolicyError", "TraceSettingError"]);
