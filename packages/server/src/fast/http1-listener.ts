import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { Http1Exchange } from "../http/http1-exchange.js";
import { giveUp, sendAnswer } from "../http/node-listener.js";
import type { Http1Listener } from "../http/one-port.js";
import { connectUnary } from "../protocols/connect-unary.js";
import { type ListenerOptions, turnedAway } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import { Http1Call } from "./http1-call.js";
import { type Http1Head, http1Head } from "./http1-head.js";
import { http1Outcome } from "./http1-outcome.js";
import type { UnaryLane } from "./unary-lane.js";
import { unaryLanes } from "./unary-lanes.js";

/** Where requests for one path go. */
interface Way {
  readonly endpoint: Endpoint;
  readonly lane: UnaryLane<Http1Call>;
}

/**
 * Serves plain unary Connect calls over HTTP/1.1, bodies of a declared length, without iterations and copies; all else goes to `general`. Both
 * lanes are made of the same stack.
 */
export function createHttp1Listener(options: ListenerOptions, general: Http1Listener): Http1Listener {
  const ways = new Map<string, Way>();
  const lanes = unaryLanes(options, http1Outcome);
  for (const [path, endpoint] of options.endpoints) {
    const lane = lanes.get(endpoint);
    if (lane) ways.set(path, { endpoint, lane });
  }
  const onError = (err: Error) => options.log.debug({ err }, "request or response broke off");
  return (request, response) => {
    const head = http1Head(request);
    const way = head && ways.get(head.url);
    if (!head || !way || head.bodyBytes > way.endpoint.policy.payload.maxRequestBytes)
      return general(request, response);
    // Without a listener, an error of a connection that breaks would end the process.
    request.on("error", onError);
    response.on("error", onError);
    begin(way, head, new Http1Exchange(head, request, response, options.trustedProxies), options);
  };
}

function begin(
  { endpoint, lane }: Way,
  { contentType, isJson }: Http1Head,
  exchange: Http1Exchange,
  options: ListenerOptions,
): void {
  const dialogue = connectUnary(exchange, isJson);
  const refusal = turnedAway(exchange, endpoint, dialogue, options);
  if (refusal) {
    const { request, response } = exchange;
    Promise.resolve(refusal)
      .then((it) => sendAnswer(it, request, response, options))
      .catch((error: unknown) => giveUp(error, response, options.log));
    return;
  }
  const { lifecycle, log } = options;
  const call = new Http1Call({ endpoint, lane, exchange, dialogue, options, contentType, log });
  const begun = lifecycle.begin(call);
  exchange.response.on("close", () => {
    lifecycle.end(begun);
    if (!exchange.response.writableEnded) call.abort(chassisError(ChassisError.CALLER_GONE));
  });
  lane.begin(call);
}
