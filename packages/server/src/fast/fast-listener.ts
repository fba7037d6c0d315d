import { errorCodes, type RequestHandler, type RequestHead, type Stream } from "@charter/wire";
import { type RequestFacts, requestFacts } from "../http/request-facts.js";
import { exchangeReceiver, WireExchange } from "../http/wire-exchange.js";
import { writeWireAnswer } from "../http/write-wire-answer.js";
import { type ListenerOptions, turnedAway } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import { FastCall } from "./fast-call.js";
import { fastOutcome } from "./fast-outcome.js";
import { type FastProtocol, fastProtocol } from "./fast-protocol.js";
import { fastReceiver } from "./fast-receiver.js";
import { lanesOf } from "./lanes-of.js";
import type { UnaryLane } from "./unary-lane.js";

/** Where requests with one head go. */
interface Route {
  readonly endpoint: Endpoint;
  readonly lane: UnaryLane<FastCall>;
  readonly protocol: FastProtocol;
}

const GENERAL = Symbol("general");

/**
 * Serves plain unary calls without iterations, streams of objects and copies; all else goes to `general`. Both lanes are made of the
 * same stack.
 */
export function createFastListener(options: ListenerOptions, general: RequestHandler): RequestHandler {
  const lanes = lanesOf(options, fastOutcome);
  return (stream, head, ended) => {
    const facts = requestFacts(head);
    facts.memo ??= routeOf(head, facts, options, lanes) ?? GENERAL;
    if (facts.memo === GENERAL) return general(stream, head, ended);
    const exchange = new WireExchange(stream, head, ended, options.trustedProxies);
    return begin(stream, facts.memo as Route, exchange, ended, options);
  };
}

function begin(
  stream: Stream,
  { endpoint, lane, protocol }: Route,
  exchange: WireExchange,
  ended: boolean,
  options: ListenerOptions,
): ReturnType<RequestHandler> {
  const dialogue = protocol.dialogue(exchange);
  const refusal = turnedAway(exchange, endpoint, dialogue, options);
  if (refusal) {
    stream.context = exchange;
    Promise.resolve(refusal)
      .then((it) => writeWireAnswer(it, exchange))
      .catch((error: unknown) => {
        options.log.error({ err: error }, "a request could not be answered");
        stream.reset(errorCodes.internalError);
      });
    return exchangeReceiver;
  }
  const { lifecycle, log } = options;
  const call = new FastCall({ endpoint, lane, protocol, exchange, dialogue, lifecycle, log });
  stream.context = call;
  lifecycle.begin(call);
  lane.begin(call);
  if (ended) fastReceiver.end(stream, undefined);
  return fastReceiver;
}

function routeOf(
  { method, block }: RequestHead,
  { refusal, path, header }: RequestFacts,
  { endpoints }: ListenerOptions,
  lanes: ReadonlyMap<Endpoint, UnaryLane<FastCall>>,
): Route | undefined {
  if (refusal !== undefined || method !== "POST" || block.get("content-type") === undefined) return undefined;
  const endpoint = endpoints.get(path);
  const lane = endpoint && lanes.get(endpoint);
  const protocol = fastProtocol(header);
  return endpoint && lane && protocol && { endpoint, lane, protocol };
}
