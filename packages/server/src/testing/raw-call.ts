import { connect } from "node:http2";
import { ConnectError } from "@connectrpc/connect";
import { errorFromJsonBytes } from "@connectrpc/connect/protocol-connect";
import { findTrailerError } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse } from "@connectrpc/connect/protocol-grpc-web";
import { COMPRESSED, envelope } from "../protocols/envelope.js";

/** A request as bytes, so that it can be wrong in any way. */
export interface RawRequest {
  readonly url: string;
  readonly path: string;
  /** The message's bytes: JSON, well-formed or not. */
  readonly body: Uint8Array;
  readonly header?: Readonly<Record<string, string>>;
  /** Whether `body` is gzip already. */
  readonly gzip?: boolean;
}

/** Sends a request and gives back the error that it was answered with, or undefined for success. */
export type RawCall = (request: RawRequest) => Promise<ConnectError | undefined>;

/** The same request in each protocol. */
export const rawCalls: Readonly<Record<string, RawCall>> = {
  "HTTP JSON": connectJson,
  gRPC: grpcJson,
  "gRPC-Web": grpcWebJson,
};

const fallback = new ConnectError("the answer is no error of the protocol");

async function connectJson({ url, path, body, header, gzip }: RawRequest): Promise<ConnectError | undefined> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(gzip && { "content-encoding": "gzip" }), ...header },
    body,
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.ok ? undefined : errorFromJsonBytes(bytes, answer.headers, fallback);
}

async function grpcWebJson({ url, path, body, header, gzip }: RawRequest): Promise<ConnectError | undefined> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/grpc-web+json",
      ...(gzip && { "grpc-encoding": "gzip" }),
      ...header,
    },
    body: envelope(gzip ? COMPRESSED : 0, body),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return findTrailerError(trailerParse(lastEnvelope(bytes)));
}

function lastEnvelope(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (bytes[0] === trailerFlag) return bytes.subarray(5);
  return lastEnvelope(bytes.subarray(5 + length));
}

function grpcJson({ url, path, body, header, gzip }: RawRequest): Promise<ConnectError | undefined> {
  return new Promise((resolve, reject) => {
    const session = connect(url);
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc+json",
      te: "trailers",
      ...(gzip && { "grpc-encoding": "gzip" }),
      ...header,
    });
    const trailer = new Headers();
    stream.on("trailers", (fields) => {
      for (const [name, value] of Object.entries(fields)) trailer.set(name, String(value));
    });
    stream.on("error", reject);
    stream.on("close", () => {
      session.close();
      resolve(trailer.has("grpc-status") ? findTrailerError(trailer) : fallback);
    });
    stream.resume();
    stream.end(envelope(gzip ? COMPRESSED : 0, body));
  });
}
