import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { DEFAULT_TIMEOUT_MS, type ForeignAnswer, type ForeignPeer } from "./foreign.js";

/** An answer as the programs print it: bytes in base64, what is absent null. */
type PrintedAnswer = {
  readonly [K in keyof ForeignAnswer]: ForeignAnswer[K] extends string | number ? ForeignAnswer[K] : unknown;
} & {
  readonly status: string | null;
  readonly header: Record<string, string> | null;
  readonly trailer: Record<string, string> | null;
  readonly responses: readonly string[] | null;
};

/** A peer that is a program of its own, `peer` with `client` or `server`. */
export function programPeer(name: string, command: readonly string[]): ForeignPeer {
  return {
    name,
    available: command.every((part) => existsSync(part)),
    reason: `no ${name} is prepared here; node tools/run.mjs interop prepares it where it can`,
    async startClient(target, keys) {
      const program = start(command, ["client", target, ...(keys ? [keys.ca] : [])]);
      return {
        async call({ path, requests, header = {}, timeoutMs = DEFAULT_TIMEOUT_MS }) {
          const encoded = requests.map((it) => Buffer.from(it).toString("base64"));
          program.write(JSON.stringify({ path, requests: encoded, header, timeoutMs }));
          return answerOf(JSON.parse(await program.line()) as PrintedAnswer);
        },
        stop: program.stop,
      };
    },
    async startServer(keys) {
      const program = start(command, ["server", ...(keys ? [keys.cert, keys.key] : [])]);
      return { url: `${keys ? "https" : "http"}://127.0.0.1:${await program.line()}`, stop: program.stop };
    },
  };
}

function answerOf({ code, message, status, header, trailer, responses }: PrintedAnswer): ForeignAnswer {
  return {
    code,
    message,
    status: Buffer.from(status ?? "", "base64"),
    header: header ?? {},
    trailer: trailer ?? {},
    responses: (responses ?? []).map((it) => Buffer.from(it, "base64")),
  };
}

function start([program = "", ...first]: readonly string[], args: readonly string[]) {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, [...first, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    write: (line: string) => void child.stdin.write(`${line}\n`),
    async line(): Promise<string> {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} has ended`);
      return value;
    },
    /** Both end with their standard input. */
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
