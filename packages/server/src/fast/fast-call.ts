import type { WireExchange } from "../http/wire-exchange.js";
import type { ListenerOptions } from "../request-listener.js";
import type { FastProtocol } from "./fast-protocol.js";
import type { Gathering } from "./gathering.js";
import type { Lane } from "./lane.js";
import { LaneCall, type LaneCallParts } from "./lane-call.js";
import type { RefusalsSent } from "./refusals-sent.js";
import type { StreamAnswer } from "./stream-answer.js";
import type { Source } from "./stream-lane.js";

type FastCallParts = LaneCallParts &
  Pick<FastCall, "lane" | "protocol" | "exchange" | "options" | "refusals">;

/** A call on the fast lane that came over the wire. */
export class FastCall extends LaneCall {
  override readonly exchange: WireExchange;
  readonly lane: Lane<FastCall>;
  readonly protocol: FastProtocol;
  readonly options: ListenerOptions;
  readonly refusals: RefusalsSent;
  /** What the lifecycle has given back. */
  begun = -1;
  /** The body so far, where it came in one piece that is the whole message. */
  body: Buffer | undefined = undefined;
  /** The pieces of a message that comes in several. */
  gathering: Gathering | undefined = undefined;
  /** The answer, where it is a stream. */
  stream: StreamAnswer | undefined = undefined;
  /** Where the messages of the stream come from, as long as it may be told to stop. */
  source: Source | undefined = undefined;
  /** The exchange has the body. */
  isSpilt = false;

  constructor(parts: FastCallParts) {
    super(parts);
    this.exchange = parts.exchange;
    this.lane = parts.lane;
    this.protocol = parts.protocol;
    this.options = parts.options;
    this.refusals = parts.refusals;
  }

  override async gathered(): Promise<Uint8Array | undefined> {
    const body = await this.gathering?.whole();
    return body && this.protocol.messageIn(body, this.policy.payload.maxRequestBytes);
  }

  override letGo(): void {
    super.letGo();
    this.body = undefined;
    this.gathering = undefined;
  }

  protected override aborted(reason: Error): void {
    this.lane.aborted(this, reason);
    this.gathering?.fail(reason);
  }
}
