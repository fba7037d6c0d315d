import { currentContext } from "../ambient-context.js";

/** A statement that a database has ended, its values as placeholders. @charter/postgres tells of them in this form. */
export interface EndedStatement {
  readonly text: string;
  readonly durationMs: number;
  /** What it failed with; undefined for success. */
  readonly error?: unknown;
}

const MAX_TEXT = 2_000;

/** Adds a statement to the trace of the call being served, when that is recorded. Values are not in it, nor error messages. */
export function traceStatement({ text, durationMs, error }: EndedStatement): void {
  const span = currentContext()?.span;
  if (!span) return;
  const operation = operationOf(text);
  span.completed(operation, "client", {
    durationMs,
    attributes: {
      "db.system.name": "postgresql",
      "db.operation.name": operation,
      "db.query.text": text.slice(0, MAX_TEXT),
    },
    ...(error !== undefined && { errorType: sqlState(error) }),
  });
}

function operationOf(text: string): string {
  return /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "SQL";
}

function sqlState(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "error";
}
