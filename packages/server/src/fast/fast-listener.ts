import type { RequestHandler, RequestHead, Stream } from "@charter/wire";
import { type RequestFacts, requestFacts } from "../http/request-facts.js";
import { exchangeReceiver, WireExchange } from "../http/wire-exchange.js";
import { type ListenerOptions, turnedAway } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import { FastCall } from "./fast-call.js";
import { fastOutcome, writeRefusal } from "./fast-outcome.js";
import { type FastProtocol, fastProtocol, fastStreamProtocol } from "./fast-protocol.js";
import { fastReceiver } from "./fast-receiver.js";
import type { Lane } from "./lane.js";
import { StreamLane } from "./stream-lane.js";
import { unaryLanes } from "./unary-lanes.js";

/** Where requests with one head go. */
interface Route {
  readonly endpoint: Endpoint;
  readonly lane: Lane<FastCall>;
  readonly protocol: FastProtocol;
}

const GENERAL = Symbol("general");

/**
 * Serves calls with one request without iterations of layers, streams of objects and copies; all else goes to `general`. Both lanes are made of the
 * same stack.
 */
export function createFastListener(options: ListenerOptions, general: RequestHandler): RequestHandler {
  const lanes = lanesOf(options);
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
    writeRefusal(refusal, exchange, options.log);
    return exchangeReceiver;
  }
  const call = new FastCall({ endpoint, lane, protocol, exchange, dialogue, options, log: options.log });
  stream.context = call;
  call.begun = options.lifecycle.begin(call);
  lane.begin(call);
  if (ended) fastReceiver.end(stream, undefined);
  return fastReceiver;
}

function routeOf(
  { method, block }: RequestHead,
  { refusal, path, header }: RequestFacts,
  { endpoints }: ListenerOptions,
  lanes: ReadonlyMap<Endpoint, Lane<FastCall>>,
): Route | undefined {
  if (refusal !== undefined || method !== "POST" || block.get("content-type") === undefined) return undefined;
  const endpoint = endpoints.get(path);
  const lane = endpoint && lanes.get(endpoint);
  const protocol = lane instanceof StreamLane ? fastStreamProtocol(header) : fastProtocol(header);
  return endpoint && lane && protocol && { endpoint, lane, protocol };
}

/** One for each method that takes one request and is built, and whose calls every layer can serve so. */
function lanesOf(options: ListenerOptions): ReadonlyMap<Endpoint, Lane<FastCall>> {
  const lanes = new Map<Endpoint, Lane<FastCall>>(unaryLanes(options, fastOutcome));
  for (const endpoint of options.endpoints.values()) {
    const handler = endpoint.invoke?.stream;
    const steps = options.stack.steps(endpoint);
    if (handler && steps) lanes.set(endpoint, new StreamLane(handler, steps));
  }
  return lanes;
}
