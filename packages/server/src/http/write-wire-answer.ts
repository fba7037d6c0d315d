import { HpackEncoder, type Stream } from "@charter/wire";
import type { HttpAnswer } from "./exchange.js";
import type { WireExchange } from "./wire-exchange.js";
import { endBody } from "./write-answer.js";

const EMPTY = Buffer.alloc(0);
/** Makes blocks that mean the same on every connection and at any time, as trailers must that may wait behind a body. */
const constant = new HpackEncoder(0);
/** The header blocks of answers that are shared. */
const sharedBlocks = new WeakMap<HttpAnswer, Buffer>();

/** Writes an answer over the wire at the pace the caller reads. Resolves when all is handed over, or when the caller is gone. */
export async function writeWireAnswer(answer: HttpAnswer, exchange: WireExchange): Promise<void> {
  const { stream } = exchange;
  if (stream.isClosed) return endBody(answer);
  writeHead(answer, exchange);
  await writeRest(answer, exchange);
}

/** Writes an answer that is shared, and whose body is there, if it has one. */
export function writeSharedAnswer(answer: HttpAnswer, { stream }: WireExchange): void {
  const { body, trailer } = answer;
  stream.sendHeaders(sharedBlock(answer), body === undefined);
  if (body instanceof Uint8Array) {
    stream.sendData(asBuffer(body), trailer === undefined);
    if (trailer) stream.sendTrailers(constant.encode(fieldsOf(trailer())));
  }
  stopRestSoon(stream);
}

/** What is left of a request is of no use. Most often it is on its way already, in what has just come: then there is nothing to be stopped. */
export function stopRestSoon(stream: Stream): void {
  if (stream.isClosed) return;
  stream.ignoresRest = true;
  setImmediate(stopRest, stream);
}

function stopRest(stream: Stream): void {
  if (!stream.isClosed) stream.ignoreRest();
}

/** Writes what follows the head of an answer. */
export async function writeRest(answer: HttpAnswer, exchange: WireExchange): Promise<void> {
  const { stream } = exchange;
  if (await writeBody(answer, exchange)) writeEnd(answer, exchange);
  // The rest of a request that was refused half read is of no use to anybody.
  if (!stream.isClosed) stream.ignoreRest();
}

function writeHead(answer: HttpAnswer, { stream }: WireExchange): void {
  const block = answer.isShared ? sharedBlock(answer) : stream.encoder.encode(headFields(answer));
  stream.sendHeaders(block, answer.body === undefined);
}

/** The header block of an answer that is shared, made once. */
export function sharedBlock(answer: HttpAnswer): Buffer {
  const block = sharedBlocks.get(answer) ?? constant.encode(headFields(answer));
  sharedBlocks.set(answer, block);
  return block;
}

/** Without a body the trailers are part of the head: what gRPC calls Trailers-Only. */
function headFields({ status, header, body, trailer }: HttpAnswer): { name: string; value: string }[] {
  const fields = [{ name: ":status", value: String(status) }, ...fieldsOf(header)];
  if (body instanceof Uint8Array) fields.push({ name: "content-length", value: String(body.byteLength) });
  if (body === undefined && trailer) fields.push(...fieldsOf(trailer()));
  return fields;
}

/** Whether all of it went out. */
async function writeBody({ body }: HttpAnswer, exchange: WireExchange): Promise<boolean> {
  if (body === undefined) return false;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    if (exchange.stream.isClosed) return false;
    const isSent = exchange.stream.sendData(asBuffer(chunk), false);
    if (!isSent && !(await exchange.allSent())) return false;
  }
  return true;
}

function writeEnd({ trailer }: HttpAnswer, { stream }: WireExchange): void {
  if (trailer) stream.sendTrailers(constant.encode(fieldsOf(trailer())));
  else stream.sendData(EMPTY, true);
}

/** Headers as encoders take them. */
export function fieldsOf(headers: Headers): { name: string; value: string }[] {
  return Array.from(headers, ([name, value]) => ({ name, value }));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
