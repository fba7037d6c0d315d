import { once } from "node:events";
import { type Clock, sleep, systemClock } from "@charter/time";
import type { Command } from "commander";
import type { Project } from "../project.js";
import { type InputTerminal, type OutputTerminal, openLiveScreen } from "./live-screen.js";
import { scrape } from "./scrape.js";
import { topPage } from "./top-page.js";
import { type TopTarget, topTargets } from "./top-targets.js";
import { Window } from "./window.js";

const REFRESH_MS = 1_000;
/** Longer than anything waits here. */
const HOLD_MS = 60_000;

const HELP = `
Without URLs it watches the stack that the project's "stackFile" names. In production give the addresses of admin ports.
Rates, errors and quantiles are of the last five seconds. LIMIT is how many calls may be in flight now, SHED/S how many
are refused for load. q or Ctrl-C ends it.
`;

/** Where the command draws and listens. */
export interface TopSurroundings {
  readonly print: (text: string) => void;
  /** Default: the process' own. */
  readonly output?: OutputTerminal;
  readonly input?: InputTerminal;
  readonly clock?: Clock;
}

/** Adds `charter top`: what a running stack is doing, second by second. */
export function addTopCommand(program: Command, project: Project, surroundings: TopSurroundings): void {
  program
    .command("top")
    .summary("watch the rates, latencies, limits, breakers and endpoints of running processes")
    .description("Shows what running processes are doing, second by second.")
    .argument("[urls...]", "processes to watch, e.g. http://127.0.0.1:8083")
    .option("--once", "print one table and end; so it is also where the output is no terminal", false)
    .addHelpText("after", HELP)
    .action(async (urls: readonly string[], { once }: { once: boolean }) => {
      const targets = topTargets(urls, project);
      const { output = process.stdout } = surroundings;
      if (once || !output.isTTY) await printOnce(targets, surroundings);
      else await live(targets, output, surroundings);
    });
}

/** Rates need two scrapes. */
async function printOnce(targets: readonly TopTarget[], { print, clock = systemClock }: TopSurroundings) {
  const watched = watch(targets, clock);
  await watched.ask();
  await heldOpen(sleep(clock, REFRESH_MS));
  await watched.ask();
  print(`${topPage(watched.windows).join("\n")}\n`);
}

async function live(
  targets: readonly TopTarget[],
  output: OutputTerminal,
  { input = process.stdin, clock = systemClock }: TopSurroundings,
): Promise<void> {
  const quit = new AbortController();
  const screen = openLiveScreen(output, input, () => quit.abort());
  const aborted = once(quit.signal, "abort");
  const onSignal = () => quit.abort();
  process.once("SIGTERM", onSignal);
  try {
    const watched = watch(targets, clock);
    while (!quit.signal.aborted) {
      await Promise.race([watched.ask(), aborted]);
      if (quit.signal.aborted) break;
      screen.draw([...topPage(watched.windows), "", "q quits"]);
      await Promise.race([heldOpen(sleep(clock, REFRESH_MS, quit.signal)), aborted]);
    }
  } finally {
    process.off("SIGTERM", onSignal);
    screen.close();
  }
}

function watch(targets: readonly TopTarget[], clock: Clock) {
  const watched = targets.map(({ name, url }) => ({ url, window: new Window(name) }));
  return {
    windows: watched.map(({ window }) => window),
    ask: async () => {
      await Promise.all(watched.map(async ({ url, window }) => window.add(await scrape(url, clock))));
    },
  };
}

/** Waits for a timer that does not keep the process alive by itself. Ends as the timer does, or quietly when that is aborted. */
async function heldOpen(waiting: Promise<void>): Promise<void> {
  const hold = setInterval(() => {}, HOLD_MS);
  await waiting.catch(() => undefined);
  clearInterval(hold);
}
