import pg from "pg";

/** The parts of pg's connection that write a statement of the extended protocol. */
interface Frames {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { readonly text: string }): void;
  bind(message: object): void;
  execute(message: object): void;
}

/** How pg's client drives what it was given to run. */
interface DrivenQuery {
  submit(connection: Frames): Error | null;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Frames): void;
}

type Ended = (error: Error | null, result: pg.QueryResult) => void;

// The declarations of pg leave out what it calls on its own queries.
const Query = pg.Query as unknown as new (config: pg.QueryConfig, ended: Ended) => DrivenQuery;

/**
 * One statement under a timeout of its own, in one round trip: a statement that sets the timeout goes out before it without a Sync in
 * between, which makes the two one transaction, and the server starts its clock anew at the second. The timeout ends with that transaction,
 * or with the one that surrounds it.
 */
class LimitedQuery extends Query {
  readonly #timeoutMs: number;
  /** Until the timeout is set; what the server answers to that is for nobody. */
  #setting = true;

  constructor(config: pg.QueryConfig, timeoutMs: number, ended: Ended) {
    super(config, ended);
    this.#timeoutMs = timeoutMs;
  }

  override submit(connection: Frames): Error | null {
    // All of it in one packet.
    connection.stream.cork();
    try {
      connection.parse({ text: `SELECT set_config('statement_timeout', '${this.#timeoutMs}', true)` });
      connection.bind({});
      connection.execute({});
      return super.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  override handleDataRow(message: unknown): void {
    if (!this.#setting) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Frames): void {
    if (this.#setting) this.#setting = false;
    else super.handleCommandComplete(message, connection);
  }
}

/** Runs one statement that the server ends after `timeoutMs`, a whole number above 0. Several statements in one text are refused. */
export function limitedQuery(
  client: pg.ClientBase,
  text: string,
  values: readonly unknown[],
  timeoutMs: number,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const config = { text, values: [...values], queryMode: "extended" };
    const ended: Ended = (error, result) => (error ? reject(error) : resolve(result));
    client.query(new LimitedQuery(config, timeoutMs, ended) as unknown as pg.Submittable);
  });
}
