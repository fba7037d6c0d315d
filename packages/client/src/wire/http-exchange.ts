import {
  errorCodes,
  type HeaderBlock,
  type ResponseHead,
  type ResponseReceiver,
  type Stream,
} from "@charter/wire";
import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalClientRequest, UniversalClientResponse } from "@connectrpc/connect/protocol";
import { headersOf } from "./header-fields.js";
import type { Outlet } from "./outlet.js";
import { ResponseBody } from "./response-body.js";
import { streamError } from "./stream-error.js";

const NOTHING = Buffer.alloc(0);

/** One request and its response, as Connect's protocols see them: a body is asked for and taken only as fast as the other end goes. */
export class HttpExchange implements ResponseReceiver {
  readonly #outlet: Outlet;
  readonly #response = Promise.withResolvers<UniversalClientResponse>();
  readonly #trailer = new Headers();
  readonly #body = new ResponseBody();
  #isOver = false;
  #goOn: (() => void) | undefined;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Sends the request. Resolves when the head of the response has come. */
  async run(stream: Stream, { body, signal }: UniversalClientRequest): Promise<UniversalClientResponse> {
    const onAbort = () => this.#abort(stream, ConnectError.from(signal?.reason, Code.Canceled));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#body.whenEnded(() => signal?.removeEventListener("abort", onAbort));
    this.#body.onUsed = (bytes) => stream.consumed(bytes);
    if (body) this.#send(stream, body).catch((error) => this.#abort(stream, ConnectError.from(error)));
    return this.#response.promise;
  }

  head(stream: Stream, head: ResponseHead, ended: boolean): void {
    const response = { status: head.status, header: headersOf(head.block) };
    this.#response.resolve({ ...response, body: this.#body, trailer: this.#trailer });
    if (ended) this.#end(stream);
  }

  data(_stream: Stream, bytes: Buffer): void {
    this.#body.push(bytes);
  }

  end(stream: Stream, trailers: HeaderBlock | undefined): void {
    for (const [name, value] of headersOf(trailers)) this.#trailer.append(name, value);
    this.#end(stream);
  }

  drained(): void {
    this.#goOn?.();
  }

  closed(_stream: Stream, code: number): void {
    this.#isOver = true;
    // After the end of the response nothing is wrong with it any more.
    const error = streamError(code);
    this.#response.reject(error);
    this.#body.fail(error);
    this.#goOn?.();
    this.#outlet.closed(code);
  }

  /** Whoever has answered reads no more of the request. */
  #end(stream: Stream): void {
    this.#body.end();
    if (!stream.localEnded) stream.reset(errorCodes.cancel);
  }

  #abort(stream: Stream, error: ConnectError): void {
    this.#response.reject(error);
    this.#body.discard(error);
    stream.reset(errorCodes.cancel);
  }

  async #send(stream: Stream, body: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await pieces.next();
      if (this.#isOver) return void pieces.return?.(undefined)?.catch(() => undefined);
      if (done) return void stream.sendData(NOTHING, true);
      const piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      if (!stream.sendData(piece, false)) await this.#drained();
    }
  }

  async #drained(): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
  }
}
