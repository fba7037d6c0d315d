import { EventEmitter, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import type { Project } from "../project.js";
import type { InputTerminal, OutputTerminal } from "./live-screen.js";
import { addTopCommand } from "./top-command.js";

let calls: number;
let server: Server;
let url: string;
let folder: string;
let clock: ManualClock;

beforeEach(async () => {
  calls = 0;
  clock = new ManualClock();
  folder = await mkdtemp(join(tmpdir(), "charter-top-"));
  server = createServer((request, response) => {
    calls += 100;
    if (request.url !== "/metrics") response.writeHead(404);
    response.end(`rpc_server_requests_total{service="x.v1.S",method="Say",code="ok"} ${calls}\n`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const project = (stackFile?: string): Project => ({ root: folder, commands: [], contracts: [], stackFile });

/** A terminal of 100 columns and 10 rows. */
function fakeTerminal() {
  const written: string[] = [];
  const drawn = new EventEmitter();
  const output = {
    isTTY: true,
    columns: 100,
    rows: 10,
    write: (text: string) => {
      written.push(text);
      if (text.startsWith("\x1b[H")) drawn.emit("page", text);
      return true;
    },
  } as OutputTerminal;
  const raw: boolean[] = [];
  const keys = new EventEmitter();
  const input = Object.assign(keys, {
    isTTY: true,
    setRawMode: (mode: boolean) => void raw.push(mode),
    resume: () => keys,
    pause: () => keys,
  }) as unknown as InputTerminal;
  const page = async () => String((await once(drawn, "page"))[0]);
  return { output, input, raw, written, page, press: (key: string) => keys.emit("data", Buffer.from(key)) };
}

function run(
  args: string[],
  options: { project?: Project; terminal?: ReturnType<typeof fakeTerminal> } = {},
) {
  let printed = "";
  const program = new Command().exitOverride();
  const { output = { isTTY: false } as OutputTerminal, input } = options.terminal ?? {};
  addTopCommand(program, options.project ?? project(), {
    print: (text) => {
      printed += text;
    },
    output,
    ...(input && { input }),
    clock,
  });
  const ended = program.parseAsync(["top", ...args], { from: "user" });
  return { ended, printed: () => printed };
}

describe("charter top", () => {
  it("prints one table where the output is no terminal", async () => {
    const { ended, printed } = run([url]);
    // One timer bounds the first scrape, and gives way to the one that waits for the second.
    while (calls === 0) await clock.advance(0);
    await clock.timersPending();
    await untilDone(ended);
    expect(printed()).toMatch(/^PROCESS +STATE/);
    expect(printed()).toMatch(/x\.v1\.S\/Say +\d+/);
    expect(printed()).not.toContain("\x1b");
  });

  it("draws anew each second until q is pressed, and gives the terminal back", async () => {
    const terminal = fakeTerminal();
    const { ended } = run([url], { terminal });
    expect(await terminal.page()).toContain("x.v1.S/Say");
    const next = terminal.page();
    while (clock.pendingTimers === 0) await clock.advance(0);
    await clock.advance(1_000);
    expect(await next).toMatch(/x\.v1\.S\/Say +100/);
    terminal.press("q");
    await ended;
    expect(terminal.raw).toEqual([true, false]);
    expect(terminal.written.at(0)).toBe("\x1b[?1049h\x1b[?25l");
    expect(terminal.written.at(-1)).toBe("\x1b[?25h\x1b[?1049l");
    expect(clock.pendingTimers).toBe(0);
  });

  it("ends by Ctrl-C too, and cuts off what does not fit", async () => {
    const terminal = fakeTerminal();
    const { ended } = run(Array<string>(40).fill(url), { terminal });
    const page = await terminal.page();
    expect(page.split("\n").length).toBeLessThanOrEqual(10);
    terminal.press("\u0003");
    await ended;
  });

  it("finds the running stack", async () => {
    const services = { buy: { url: "http://127.0.0.1:1", adminUrl: url }, user: { url } };
    await writeFile(join(folder, "stack.json"), JSON.stringify({ services }));
    const terminal = fakeTerminal();
    const { ended } = run([], { project: project("stack.json"), terminal });
    const page = await terminal.page();
    expect(page).toMatch(/\nbuy +up/);
    expect(page).toMatch(/\nuser +up/);
    terminal.press("Q");
    await ended;
  });

  it("shows what does not answer", async () => {
    const terminal = fakeTerminal();
    const { ended } = run([await nowhere(), url], { terminal });
    expect(await terminal.page()).toContain("nothing listens there");
    terminal.press("q");
    await ended;
  });

  it.each([
    [["here"], undefined, '"here" is no http address'],
    [[], undefined, "name the processes to watch by their URLs"],
    [[], "missing.json", "nothing runs here"],
    [[], "odd.json", 'must be {"services"'],
  ])("says of %j with the stack file %s what to do", async (args, stackFile, message) => {
    await writeFile(join(folder, "odd.json"), "[]");
    await expect(run(args, { project: project(stackFile) }).ended).rejects.toThrow(message);
  });
});

/** An address that nothing listens on. */
async function nowhere(): Promise<string> {
  const gone = createServer();
  await once(gone.listen(0, "127.0.0.1"), "listening");
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Lets time go on until the work has ended. */
async function untilDone(work: Promise<unknown>): Promise<void> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  while (!done) await clock.advance(100);
  await ended;
}
