import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Clock } from "@charter/time";
import { WRITE_STALL_MS } from "./bounds.js";
import type { HttpAnswer } from "./exchange.js";

/** A response of node:http or node:http2. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Writes an answer at the pace the caller reads. Resolves when all is handed over, or when the caller is gone. */
export async function writeAnswer(answer: HttpAnswer, response: NodeResponse, clock: Clock): Promise<void> {
  if (isGone(response)) return endBody(answer);
  writeHead(response, answer);
  for await (const chunk of chunksOf(answer)) {
    if (isGone(response)) return;
    if (!write(response, chunk) && !(await drained(response, clock))) return;
  }
  if (isGone(response)) return;
  if (answer.trailer) response.addTrailers(nodeHeaders(answer.trailer()));
  response.end();
}

function writeHead(response: NodeResponse, answer: HttpAnswer): void {
  const headers = nodeHeaders(answer.header);
  if (answer.body instanceof Uint8Array) headers["content-length"] = String(answer.body.byteLength);
  // Both classes take a status and headers; their overloads only differ in what else they take.
  (response as ServerResponse).writeHead(answer.status, headers);
}

async function* chunksOf({ body }: HttpAnswer): AsyncIterable<Uint8Array> {
  if (body === undefined) return;
  if (body instanceof Uint8Array) yield body;
  else yield* body;
}

/** Lets whoever makes the body clean up after itself although nobody reads it. */
export async function endBody({ body }: HttpAnswer): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) return;
  await body[Symbol.asyncIterator]().return?.();
}

function write(response: NodeResponse, chunk: Uint8Array): boolean {
  return (response as ServerResponse).write(chunk);
}

function isGone(response: NodeResponse): boolean {
  return response.destroyed || response.closed || response.writableEnded;
}

/** Waits for the caller to read on; false when it went away or stalled for too long, in which case the connection is given up. */
function drained(response: NodeResponse, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (readOn: boolean) => {
      timer.clear();
      response.off("drain", onDrain);
      response.off("close", onClose);
      resolve(readOn);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    const timer = clock.setTimer(() => {
      response.destroy();
      settle(false);
    }, WRITE_STALL_MS);
    response.once("drain", onDrain);
    response.once("close", onClose);
  });
}

function nodeHeaders(headers: Headers): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {};
  headers.forEach((value, name) => {
    result[name] = value;
  });
  return result;
}
