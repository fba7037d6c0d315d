import type { Logger } from "kysely";

/** A statement that the server has answered. */
export interface EndedStatement {
  /** The statement with placeholders. The values stay out: they are the application's data. */
  readonly text: string;
  readonly durationMs: number;
  /** What it failed with; undefined for success. Its message may quote a value. */
  readonly error?: unknown;
}

/** Looks at statements as they end. Must not throw. */
export type ObserveStatement = (statement: EndedStatement) => void;

/** Kysely's logger for one who looks at statements. */
export function tellStatements(observe: ObserveStatement): Logger {
  return (event) => {
    const { query, queryDurationMillis: durationMs } = event;
    observe({ text: query.sql, durationMs, ...(event.level === "error" && { error: event.error }) });
  };
}
