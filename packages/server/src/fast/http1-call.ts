import type { Http1Exchange } from "../http/http1-exchange.js";
import type { ListenerOptions } from "../request-listener.js";
import { LaneCall, type LaneCallParts } from "./lane-call.js";
import type { UnaryLane } from "./unary-lane.js";

type Http1CallParts = LaneCallParts & Pick<Http1Call, "lane" | "exchange" | "options" | "contentType">;

const NOTHING = Buffer.alloc(0);

/** A unary Connect call on the fast lane that came over HTTP/1.1. */
export class Http1Call extends LaneCall {
  override readonly exchange: Http1Exchange;
  readonly lane: UnaryLane<Http1Call>;
  readonly options: ListenerOptions;
  /** Of the answer, too. */
  readonly contentType: string;
  #giveUp: ((reason: Error) => void) | undefined;

  constructor(parts: Http1CallParts) {
    super(parts);
    this.exchange = parts.exchange;
    this.lane = parts.lane;
    this.options = parts.options;
    this.contentType = parts.contentType;
  }

  /** Not before is its body read. A short one has mostly come with its head, and is there once node:http has parsed what came. */
  override letIn(): void {
    process.nextTick(() => {
      if (this.isOver) return;
      const { request, bodyBytes } = this.exchange;
      if (request.readableLength === bodyBytes) this.message = request.read() ?? NOTHING;
      this.lane.bodyCame(this);
    });
  }

  /** A longer one is waited for. */
  override gathered(): Promise<Uint8Array> {
    const { request } = this.exchange;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks)));
    // A caller that goes away aborts the call.
    this.#giveUp = reject;
    return promise;
  }

  protected override aborted(reason: Error): void {
    this.lane.aborted(this, reason);
    this.#giveUp?.(reason);
  }
}
