import pg from "pg";

/** The parts of pg's connection that write a statement of the extended protocol. */
interface Frames {
  readonly stream: { cork(): void; uncork(): void };
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { readonly text: string }): void;
  bind(message: object): void;
  execute(message: object): void;
}

/** How pg's client drives what it was given to run. */
interface DrivenQuery {
  name: string | undefined;
  submit(connection: Frames): Error | null;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Frames): void;
  handleError(error: Error, connection: Frames): void;
}

type Ended = (error: Error | null, result: pg.QueryResult) => void;

// The declarations of pg leave out what it calls on its own queries.
const Query = pg.Query as unknown as new (config: pg.QueryConfig, ended: Ended) => DrivenQuery;

/** A statement, and what the server is to do before it. */
export interface LedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Under which the connection keeps the statement prepared. */
  readonly name: string | undefined;
  /** Statements without parameters, whose answers are for nobody. */
  readonly leads: readonly string[];
}

/**
 * One statement and what leads to it in one round trip, without a Sync in between: an error skips what comes after it. Outside of a transaction it
 * makes all of them one, in which a local setting holds for the statement alone.
 */
class LedQuery extends Query {
  readonly #name: string | undefined;
  readonly #leads: readonly string[];
  /** Leads that the server has not answered yet. */
  #left: number;

  constructor({ text, values, name, leads }: LedStatement, ended: Ended) {
    super(
      { text, values: [...values], ...(name && { name }), queryMode: "extended" } as pg.QueryConfig,
      ended,
    );
    this.#name = name;
    this.#leads = leads;
    this.#left = leads.length;
  }

  override submit(connection: Frames): Error | null {
    // All of it in one packet.
    connection.stream.cork();
    try {
      for (const text of this.#leads) {
        connection.parse({ text });
        connection.bind({});
        connection.execute({});
      }
      return super.submit(connection);
    } finally {
      // The next thing that pg hears to be parsed is the first lead.
      this.name = undefined;
      connection.stream.uncork();
    }
  }

  override handleDataRow(message: unknown): void {
    if (this.#left === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Frames): void {
    if (this.#left === 0) return super.handleCommandComplete(message, connection);
    this.#left -= 1;
    if (this.#left === 0) this.name = this.#name;
  }

  override handleError(error: Error, connection: Frames): void {
    // It was never parsed, which pg does not know of a statement without its name.
    if (this.#left > 0 && this.#name) delete connection.submittedNamedStatements[this.#name];
    super.handleError(error, connection);
  }
}

/** Runs a statement after what leads to it; at least one thing must. Several statements in one text are refused. */
export function ledQuery(client: pg.ClientBase, statement: LedStatement): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const ended: Ended = (error, result) => (error ? reject(error) : resolve(result));
    client.query(new LedQuery(statement, ended) as unknown as pg.Submittable);
  });
}
