import { describe, expect, it } from "@jest/globals";
import { runInContext } from "../ambient-context.js";
import type { Span } from "./span.js";
import { traceStatement } from "./trace-statement.js";

function traced(statement: Parameters<typeof traceStatement>[0]) {
  const calls: unknown[][] = [];
  const span = { completed: (...args: unknown[]) => void calls.push(args) } as unknown as Span;
  runInContext({ requestId: "r", span }, () => traceStatement(statement));
  return calls;
}

describe("traceStatement", () => {
  it("adds the statement's text to the call's trace", () => {
    const text = 'select "id" from "cart" where "owner" = $1';
    expect(traced({ text, durationMs: 3 })).toEqual([
      [
        "SELECT",
        "client",
        {
          durationMs: 3,
          attributes: {
            "db.system.name": "postgresql",
            "db.operation.name": "SELECT",
            "db.query.text": text,
          },
        },
      ],
    ]);
  });

  it("says by its SQLSTATE how a statement failed, and not what it said", () => {
    const error = Object.assign(new Error('invalid input syntax: "ada@example.com"'), { code: "22P02" });
    const calls = traced({ text: "insert into x values ($1)", durationMs: 1, error });
    expect(calls).toMatchObject([["INSERT", "client", { errorType: "22P02" }]]);
    expect(JSON.stringify(calls)).not.toContain("ada");
  });

  it("does nothing where nothing is recorded", () => {
    traceStatement({ text: "select 1", durationMs: 1 });
    runInContext({ requestId: "r" }, () => traceStatement({ text: "select 1", durationMs: 1 }));
  });
});
