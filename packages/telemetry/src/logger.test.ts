import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { runInContext } from "./ambient-context.js";
import { type CreateLoggerOptions, createLogger } from "./logger.js";

function capture(options: Partial<CreateLoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "buy", destination, clock: new ManualClock(), ...options });
  return { log, lines, first: () => JSON.parse(lines[0] ?? "null") };
}

describe("createLogger", () => {
  it("writes one JSON object a line", () => {
    const { log, lines, first } = capture();
    log.info({ orderId: "o1" }, "placed\nwith a line break");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(first()).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: "info",
      service: "buy",
      orderId: "o1",
      msg: "placed\nwith a line break",
    });
  });

  it("drops what is below its level", () => {
    const { log, lines } = capture({ level: "warn" });
    log.info("quiet");
    log.warn("loud");
    expect(lines).toHaveLength(1);
  });

  it("adds the call being served", () => {
    const { log, first } = capture();
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    runInContext({ requestId: "r1", traceparent, subject: "u1" }, () => log.info("x"));
    expect(first()).toMatchObject({
      requestId: "r1",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      subject: "u1",
    });
  });

  it("lets a line's own fields win", () => {
    const { log, first } = capture();
    runInContext({ requestId: "ambient" }, () => log.info({ requestId: "own" }, "x"));
    expect(first().requestId).toBe("own");
  });

  it("describes an error and its causes, and nothing else that hangs on it", () => {
    const { log, first } = capture();
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const err = Object.assign(new Error("failed", { cause }), { request: { email: "ada@example.com" } });
    log.error({ err }, "x");
    expect(first().err).toMatchObject({ type: "Error", message: "failed", cause: { code: "ECONNREFUSED" } });
    expect(JSON.stringify(first())).not.toContain("ada@example.com");
  });

  it("leaves out of errors what the call being served must not show", () => {
    const { log, first } = capture();
    const redactText = (text: string) => text.replaceAll("ada@example.com", "[redacted]");
    const err = new Error("no ada@example.com", { cause: new TypeError("bad ada@example.com") });
    runInContext({ requestId: "r1", redactText }, () => log.error({ err }, "x"));
    expect(first().err).toMatchObject({ message: "no [redacted]", cause: { message: "bad [redacted]" } });
    expect(JSON.stringify(first())).not.toContain("ada@example.com");
  });

  it("ends at a chain of causes without end", () => {
    const { log, first } = capture();
    const err = new Error("loop");
    err.cause = err;
    log.error({ err }, "x");
    expect(first().err.message).toBe("loop");
  });

  it("takes anything that was thrown", () => {
    const { log, first } = capture();
    log.error({ err: "a string" }, "x");
    expect(first().err).toEqual({ type: "string", message: "a string" });
  });

  it("writes for people when asked", () => {
    const { log, lines } = capture({ pretty: true });
    log.warn({ orderId: "o1", err: new Error("boom", { cause: new Error("why") }) }, "not so good");
    expect(lines.join("")).toContain("WARN  buy: not so good");
    expect(lines.join("")).toContain(" orderId=o1");
    expect(lines.join("")).toMatch(/Error: boom\n(.*\n)*.*caused by:\n *Error: why/);
  });
});
