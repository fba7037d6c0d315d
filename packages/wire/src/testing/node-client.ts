import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import { pskClientOptions } from "./psk.js";
import { afterTurns } from "./turns.js";

/** A client of Node's own HTTP/2, connected. */
export async function nodeClient(
  port: number,
  settings: http2.Settings = {},
  transport: "tcp" | "tls" = "tcp",
): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`http://127.0.0.1:${port}`, {
    settings,
    createConnection: () =>
      transport === "tls"
        ? tls.connect({ ...pskClientOptions, host: "127.0.0.1", port })
        : net.connect({ host: "127.0.0.1", port, noDelay: true }),
  });
  await new Promise((resolve, reject) => session.once("remoteSettings", resolve).once("error", reject));
  return session;
}

export interface NodeRequest {
  path: string;
  headers?: http2.OutgoingHttpHeaders;
  /** Sent piece by piece. None ends the request with its head. */
  body?: readonly Buffer[];
  trailers?: http2.OutgoingHttpHeaders;
  /** Turns of the event loop that a piece of the answer waits until it is used. Default 0. */
  turnsPerPiece?: number;
}

export interface NodeAnswer {
  headers: http2.IncomingHttpHeaders;
  body: Buffer;
  trailers: http2.IncomingHttpHeaders;
  /** With which code the stream ended. */
  code: number;
}

/** Calls, and waits for the end of the stream, whatever it is. */
export async function nodeCall(session: http2.ClientHttp2Session, request: NodeRequest): Promise<NodeAnswer> {
  const stream = openNodeStream(session, request);
  // Before the body is sent: the server may wait for us to read.
  const answer = nodeAnswer(stream, request.turnsPerPiece);
  for (const piece of request.body ?? []) {
    if (stream.destroyed) break;
    if (!stream.write(piece)) await drainedOrClosed(stream);
  }
  if (request.body) stream.end();
  return answer;
}

/** Begins a request and leaves the rest to the caller. */
export function openNodeStream(
  session: http2.ClientHttp2Session,
  { path, headers, body, trailers }: NodeRequest,
): http2.ClientHttp2Stream {
  const stream = session.request(
    { ":method": body ? "POST" : "GET", ":path": path, ...headers },
    { endStream: !body, waitForTrailers: trailers !== undefined },
  );
  stream.on("error", () => {});
  if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  return stream;
}

/** Collects the answer to a request. */
export async function nodeAnswer(stream: http2.ClientHttp2Stream, turnsPerPiece = 0): Promise<NodeAnswer> {
  const pieces: Buffer[] = [];
  const answer: NodeAnswer = { headers: {}, body: Buffer.alloc(0), trailers: {}, code: 0 };
  stream.on("response", (headers) => Object.assign(answer, { headers }));
  stream.on("trailers", (trailers) => Object.assign(answer, { trailers }));
  stream.on("data", (piece: Buffer) => {
    pieces.push(piece);
    if (turnsPerPiece === 0) return;
    stream.pause();
    afterTurns(turnsPerPiece, () => stream.resume());
  });
  if (!stream.closed) await once(stream, "close");
  return { ...answer, body: Buffer.concat(pieces), code: stream.rstCode ?? 0 };
}

/** Ends the session and waits until its socket is closed. */
export async function closeSession(session: http2.ClientHttp2Session): Promise<void> {
  if (session.destroyed) return;
  const closed = once(session, "close");
  session.destroy();
  await closed;
}

const drainedOrClosed = (stream: http2.ClientHttp2Stream): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      stream.off("drain", settle).off("close", settle);
      resolve();
    };
    stream.on("drain", settle).on("close", settle);
  });

const once = (emitter: NodeJS.EventEmitter, event: string): Promise<void> =>
  new Promise((resolve) => emitter.once(event, () => resolve()));
