import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { PortTakenError } from "../http/port-taken-error.js";
import { type Host, runProcess } from "./run-process.js";

/** A process that records how it ends. */
function fakeHost(env: NodeJS.ProcessEnv = {}) {
  const emitter = new EventEmitter();
  const stdin = Object.assign(new EventEmitter(), { resume: () => stdin });
  const ended = Promise.withResolvers<number>();
  const printed: string[] = [];
  const host = Object.assign(emitter, {
    env,
    stdin,
    stderr: { write: (line: string) => printed.push(line) },
    exit: (code: number) => ended.resolve(code),
  });
  return { host: host as unknown as Host, emitter, stdin, exitCode: ended.promise, printed };
}

const program = (drain: () => Promise<void>) => ({ name: "shop", start: async () => ({ drain }) });

describe("runProcess", () => {
  it.each(["SIGINT", "SIGTERM"])("drains on %s and ends with 0", async (signal) => {
    const { host, emitter, exitCode } = fakeHost();
    let drained = false;
    await runProcess(
      program(async () => {
        drained = true;
      }),
      host,
    );
    emitter.emit(signal);
    expect(await exitCode).toBe(0);
    expect(drained).toBe(true);
  });

  it("ends at once on a second signal", async () => {
    const { host, emitter, exitCode } = fakeHost();
    await runProcess(
      program(() => new Promise(() => {})),
      host,
    );
    emitter.emit("SIGTERM");
    emitter.emit("SIGTERM");
    expect(await exitCode).toBe(1);
  });

  it("drains when whoever started it is gone, if told to watch for that", async () => {
    const { host, stdin, exitCode } = fakeHost({ CHARTER_STOP_WITH_STDIN: "1" });
    await runProcess(
      program(async () => {}),
      host,
    );
    stdin.emit("close");
    expect(await exitCode).toBe(0);
  });

  it("prints why it cannot start, and ends with 1", async () => {
    const { host, exitCode, printed } = fakeHost();
    await runProcess({ name: "shop", start: () => Promise.reject(new Error("no money")) }, host);
    expect(await exitCode).toBe(1);
    expect(printed[0]).toContain("no money");
  });

  it("says in one sentence why it cannot start, where the error explains itself", async () => {
    const { host, exitCode, printed } = fakeHost();
    await runProcess(
      { name: "shop", start: () => Promise.reject(new PortTakenError(8083, undefined)) },
      host,
    );
    expect(await exitCode).toBe(1);
    expect(printed).toEqual(["shop: cannot start: port 8083 is taken by another process\n"]);
  });

  it.each([
    ["uncaughtException", "an exception that nobody caught"],
    ["unhandledRejection", "a rejection that nobody handled"],
  ])("logs %s with its stack and ends with 1", async (event, msg) => {
    const { host, emitter, exitCode, printed } = fakeHost();
    await runProcess(
      program(async () => {}),
      host,
    );
    emitter.emit(event, new RangeError("broken"));
    expect(await exitCode).toBe(1);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({
      level: "fatal",
      service: "shop",
      msg,
      err: { type: "RangeError", message: "broken", stack: expect.any(String) },
    });
  });

  it("says when it could not end gracefully", async () => {
    const { host, emitter, exitCode, printed } = fakeHost();
    await runProcess(
      program(() => Promise.reject(new Error("stuck"))),
      host,
    );
    emitter.emit("SIGTERM");
    expect(await exitCode).toBe(1);
    expect(printed[0]).toContain("cannot end gracefully");
  });
});
