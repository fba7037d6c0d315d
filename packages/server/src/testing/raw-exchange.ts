import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";

/** A request over HTTP/2, as bytes. */
export interface RawExchangeRequest {
  readonly path: string;
  readonly header: Readonly<Record<string, string>>;
  /** The body in the pieces in which it is sent; none for a request that ends with its head. */
  readonly pieces: readonly Uint8Array[];
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/** What came back, as bytes. */
export interface RawExchangeAnswer {
  readonly header: IncomingHttpHeaders;
  readonly body: string;
  readonly trailer: IncomingHttpHeaders | undefined;
}

/** Sends requests to one server on one connection. */
export function rawExchanger(url: string): {
  send(request: RawExchangeRequest): Promise<RawExchangeAnswer>;
  close(): void;
} {
  const session = connect(url);
  return { send: (request) => send(session, request), close: () => session.close() };
}

function send(
  session: ClientHttp2Session,
  { path, header, pieces, signal }: RawExchangeRequest,
): Promise<RawExchangeAnswer> {
  return new Promise((resolve, reject) => {
    const endStream = pieces.length === 0;
    const stream = session.request(
      { ":method": "POST", ":path": path, ...header },
      { endStream, ...(signal && { signal }) },
    );
    let head: IncomingHttpHeaders = {};
    let trailer: IncomingHttpHeaders | undefined;
    const chunks: Buffer[] = [];
    stream.on("response", (fields) => {
      head = fields;
    });
    stream.on("trailers", (fields) => {
      trailer = fields;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("close", () =>
      resolve({ header: head, body: Buffer.concat(chunks).toString("latin1"), trailer }),
    );
    for (const piece of pieces) stream.write(piece);
    if (!endStream) stream.end();
  });
}
