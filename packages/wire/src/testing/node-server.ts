import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { pattern } from "./pattern.js";
import { pskServerOptions } from "./psk.js";

/** A server of Node's own HTTP/2 that answers as `answering` does. */
export interface NodeServed {
  readonly port: number;
  readonly server: http2.Http2Server;
  /** Sessions that have begun, in order. */
  readonly sessions: http2.ServerHttp2Session[];
  stop(): Promise<void>;
}

const head = { ":status": 200, "content-type": "application/octet-stream" };
const PIECE_BYTES = 65_536;

export async function serveByNode(
  settings: http2.Settings = {},
  transport: "tcp" | "tls" = "tcp",
): Promise<NodeServed> {
  const server =
    transport === "tls"
      ? http2.createSecureServer({ ...pskServerOptions, settings })
      : http2.createServer({ settings });
  const sessions: http2.ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream, headers) => answer(stream as http2.ServerHttp2Stream, headers));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    sessions,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function answer(stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders): void {
  stream.on("error", () => {});
  const [, what, argument] = (headers[":path"] ?? "").split("/");
  switch (what) {
    case "bytes":
      return sendBytes(stream, Number(argument));
    case "early":
      stream.respond({ ...head });
      stream.end("no need");
      stream.once("finish", () => stream.close(http2.constants.NGHTTP2_NO_ERROR));
      return;
    case "interim":
      stream.additionalHeaders({ ":status": 103, link: "</a>" });
      stream.respond({ ...head, "x-after": "interim" });
      stream.end("after");
      return;
    case "empty":
      return stream.respond({ ...head }, { endStream: true });
    case "never":
      stream.resume();
      return;
    default:
      return echo(stream);
  }
}

function echo(stream: http2.ServerHttp2Stream): void {
  let trailers: http2.IncomingHttpHeaders = {};
  stream.on("trailers", (received) => {
    trailers = received;
  });
  stream.respond({ ...head }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ ...trailers }));
  stream.pipe(stream);
}

function sendBytes(stream: http2.ServerHttp2Stream, length: number): void {
  stream.respond({ ...head, "content-length": length }, { endStream: length === 0 });
  let at = 0;
  const goOn = () => {
    while (at < length && !stream.destroyed) {
      const piece = pattern(Math.min(PIECE_BYTES, length - at), at);
      at += piece.length;
      if (at === length) stream.end(piece);
      else if (!stream.write(piece)) return void stream.once("drain", goOn);
    }
  };
  goOn();
}
