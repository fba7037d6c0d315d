import type { RequestHandler, RequestHead, StreamReceiver } from "@charter/wire";
import { type RequestFacts, requestFacts } from "../http/request-facts.js";
import { WireExchange } from "../http/wire-exchange.js";
import type { ListenerOptions } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import { FastCall } from "./fast-call.js";
import { fastOutcome } from "./fast-outcome.js";
import { type FastProtocol, fastProtocol, fastStreamProtocol } from "./fast-protocol.js";
import { fastReceiver } from "./fast-receiver.js";
import type { Lane } from "./lane.js";
import { RefusalsSent } from "./refusals-sent.js";
import { StreamLane } from "./stream-lane.js";
import { unaryLanes } from "./unary-lanes.js";

/** Where requests with one head go. */
interface Route {
  readonly endpoint: Endpoint;
  readonly lane: Lane<FastCall>;
  readonly protocol: FastProtocol;
  readonly refusals: RefusalsSent;
}

const GENERAL = Symbol("general");

/**
 * Serves calls with one request without iterations of layers, streams of objects and copies; all else goes to `general`. Both lanes are made of the
 * same stack.
 */
export function createFastListener(options: ListenerOptions, general: RequestHandler): RequestHandler {
  const { lifecycle, log, turnAway, trustedProxies } = options;
  const ways = new Ways(options);
  return (stream, head, ended) => {
    const facts = requestFacts(head);
    facts.memo ??= ways.routeOf(head, facts) ?? GENERAL;
    if (facts.memo === GENERAL) return general(stream, head, ended);
    const { endpoint, lane, protocol, refusals } = facts.memo as Route;
    const newExchange = () => new WireExchange(stream, head, ended, trustedProxies);
    const refusal = lifecycle.draining ? undefined : turnAway.refusal(endpoint, facts.header);
    if (refusal) {
      refusals.send(stream, refusal, newExchange);
      return refusedReceiver;
    }
    const exchange = newExchange();
    const dialogue = protocol.dialogue(exchange);
    const call = new FastCall({ endpoint, lane, protocol, refusals, exchange, dialogue, options, log });
    stream.context = call;
    call.begun = lifecycle.begin(call);
    lane.begin(call);
    if (ended) fastReceiver.end(stream, undefined);
    return fastReceiver;
  };
}

/** Nobody waits for anything of a call that was refused. */
const refusedReceiver: StreamReceiver = {
  data: (stream, bytes) => stream.consumed(bytes.length),
  end() {},
  drained() {},
  closed() {},
};

/** Finds the way of requests. */
class Ways {
  readonly #options: ListenerOptions;
  readonly #lanes: ReadonlyMap<Endpoint, Lane<FastCall>>;
  readonly #refusals = new Map<Endpoint, Map<FastProtocol, RefusalsSent>>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#lanes = lanesOf(options);
  }

  /** Undefined where the fast lane is none for requests with this head. */
  routeOf({ method, block }: RequestHead, { refusal, path, header }: RequestFacts): Route | undefined {
    if (refusal !== undefined || method !== "POST" || block.get("content-type") === undefined)
      return undefined;
    const endpoint = this.#options.endpoints.get(path);
    const lane = endpoint && this.#lanes.get(endpoint);
    const protocol = lane instanceof StreamLane ? fastStreamProtocol(header) : fastProtocol(header);
    if (!endpoint || !lane || !protocol) return undefined;
    return { endpoint, lane, protocol, refusals: this.#refusalsOf(endpoint, protocol) };
  }

  #refusalsOf(endpoint: Endpoint, protocol: FastProtocol): RefusalsSent {
    const ofEndpoint = this.#refusals.get(endpoint) ?? new Map<FastProtocol, RefusalsSent>();
    this.#refusals.set(endpoint, ofEndpoint);
    const known = ofEndpoint.get(protocol) ?? new RefusalsSent(endpoint, protocol, this.#options);
    ofEndpoint.set(protocol, known);
    return known;
  }
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
