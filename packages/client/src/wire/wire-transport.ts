import { systemClock } from "@charter/time";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import {
  createDeadlineSignal,
  createLinkedAbortController,
  validateReadWriteMaxBytes,
} from "@connectrpc/connect/protocol";
import type { ChannelTls } from "../channel-tls.js";
import { headerListOf } from "../header-list.js";
import { DeadlineWheel } from "./deadline-wheel.js";
import {
  MESSAGE_DEFAULTS,
  type MessageOptions,
  OutletTransport,
  type WireProtocol,
} from "./outlet-transport.js";
import { RequestTemplates } from "./request-templates.js";
import { socketOptions } from "./socket-options.js";
import { UNARY_PROTOCOLS, UnaryLane } from "./unary-lane.js";
import { WireLink } from "./wire-link.js";

/** What `createWireTransport` takes, with all that Connect's own transports take of messages (interceptors, compression, limits, JSON, …). */
export interface WireTransportOptions extends Partial<MessageOptions> {
  /** Where methods are: `http://` speaks HTTP/2 in clear text with prior knowledge, `https://` agrees on it by ALPN. */
  readonly baseUrl: string;
  /** Default "grpc". */
  readonly protocol?: WireProtocol;
  /** Whom to trust and what to show over `https://`. Default: as the machine has it, and nothing. */
  readonly tls?: ChannelTls;
  /** Sends a PING this often while a call waits; a server that does not answer it in 20 s is given up. Default: none. */
  readonly keepaliveMs?: number;
}

/** A Connect transport that can be closed. */
export interface WireTransport extends Transport {
  /** Ends the connection and all calls on it; later calls fail with CANCELED. */
  close(): Promise<void>;
}

/**
 * A Connect transport on Charter's own HTTP/2, for any Connect client and without a contract: it connects when it is first called and again when
 * the connection was lost, and does nothing else. Retries, deadlines and balancing are `createChannel`'s.
 * @throws TypeError when `baseUrl` is neither http nor https
 * @throws ConnectError INTERNAL when a limit is none
 */
export function createWireTransport(options: WireTransportOptions): WireTransport {
  const { baseUrl, protocol = "grpc", tls = {}, keepaliveMs, ...given } = options;
  const limits = validateReadWriteMaxBytes(given.readMaxBytes, given.writeMaxBytes, given.compressMinBytes);
  const messages: MessageOptions = { ...MESSAGE_DEFAULTS, ...given, ...limits };
  const link = new WireLink({ ...socketOptions(baseUrl, tls), ...(keepaliveMs && { keepaliveMs }) });
  const templates = new RequestTemplates(baseUrl);
  const unaryLane = laneFor(protocol, messages, baseUrl, templates);
  const parts = { protocol, baseUrl, templates, unaryLane };
  const begin = async (signal: AbortSignal | undefined, ownMs: number | undefined) => {
    const givenMs = ownMs ?? messages.defaultTimeoutMs;
    // To Connect, a timeout that is not above zero is none.
    const timeoutMs = givenMs !== undefined && givenMs > 0 ? givenMs : undefined;
    const wire = link.ready ?? (await whileWanted(link.connect(), signal, timeoutMs));
    return { transport: new OutletTransport(parts, link.outlet(wire), messages), timeoutMs };
  };
  return {
    async unary(method, signal, ownMs, header, message, contextValues) {
      const { transport, timeoutMs } = await begin(signal, ownMs);
      return transport.unary(method, signal, timeoutMs, headerListOf(header), message, contextValues);
    },
    async stream(method, signal, ownMs, header, input, contextValues) {
      const { transport, timeoutMs } = await begin(signal, ownMs);
      return transport.stream(method, signal, timeoutMs, headerListOf(header), input, contextValues);
    },
    close: () => link.close(),
  };
}

/** What is waited for, unless the call is cancelled or its time is over before. */
async function whileWanted<T>(
  awaited: Promise<T>,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): Promise<T> {
  const deadline = createDeadlineSignal(timeoutMs);
  const { signal: unwanted } = createLinkedAbortController(signal, deadline.signal);
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(ConnectError.from(unwanted.reason, Code.Canceled));
  if (unwanted.aborted) giveUp();
  else unwanted.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([awaited, promise]);
  } finally {
    deadline.cleanup();
    unwanted.removeEventListener("abort", giveUp);
  }
}

/** The short way is for messages as they are: binary, not compressed, and seen by nobody on the way. */
function laneFor(
  protocol: WireProtocol,
  { interceptors, useBinaryFormat, sendCompression, useHttpGet }: MessageOptions,
  baseUrl: string,
  templates: RequestTemplates,
): UnaryLane | undefined {
  const isPlain = interceptors.length === 0 && useBinaryFormat && !sendCompression && !useHttpGet;
  if (!isPlain || protocol === "grpc-web") return undefined;
  return new UnaryLane(UNARY_PROTOCOLS[protocol], baseUrl, templates, new DeadlineWheel(systemClock));
}
