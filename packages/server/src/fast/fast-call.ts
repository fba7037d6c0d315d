import type { WireExchange } from "../http/wire-exchange.js";
import type { Lifecycle } from "../lifecycle.js";
import type { FastProtocol } from "./fast-protocol.js";
import type { Gathering } from "./gathering.js";
import { LaneCall, type LaneCallParts } from "./lane-call.js";
import type { UnaryLane } from "./unary-lane.js";

type FastCallParts = LaneCallParts & Pick<FastCall, "lane" | "protocol" | "exchange" | "lifecycle">;

/** A unary call on the fast lane that came over the wire. */
export class FastCall extends LaneCall {
  override readonly exchange: WireExchange;
  readonly lane: UnaryLane<FastCall>;
  readonly protocol: FastProtocol;
  readonly lifecycle: Lifecycle;
  /** The body so far, where it came in one piece that is the whole message. */
  body: Buffer | undefined = undefined;
  /** The pieces of a message that comes in several. */
  gathering: Gathering | undefined = undefined;
  /** The exchange has the body. */
  isSpilt = false;

  constructor(parts: FastCallParts) {
    super(parts);
    this.exchange = parts.exchange;
    this.lane = parts.lane;
    this.protocol = parts.protocol;
    this.lifecycle = parts.lifecycle;
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
