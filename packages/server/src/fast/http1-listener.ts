import type { IncomingMessage } from "node:http";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { isSoundTarget } from "../http/guard.js";
import { Http1Exchange } from "../http/http1-exchange.js";
import { giveUp, sendAnswer } from "../http/node-listener.js";
import type { Http1Listener } from "../http/one-port.js";
import { connectUnary } from "../protocols/connect-unary.js";
import { type ListenerOptions, turnedAway } from "../request-listener.js";
import type { Endpoint } from "../server-call.js";
import { Http1Call } from "./http1-call.js";
import { http1Outcome } from "./http1-outcome.js";
import type { UnaryLane } from "./unary-lane.js";
import { unaryLanes } from "./unary-lanes.js";

/** Where requests for one path go. */
interface Way {
  readonly path: string;
  readonly endpoint: Endpoint;
  readonly lane: UnaryLane<Http1Call>;
}

const LENGTH = /^\d{1,9}$/;
/** What Headers would take, so that nobody who asks for a full set is surprised. */
const SOUND_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const IS_JSON: ReadonlyMap<string | undefined, boolean> = new Map([
  ["application/proto", false],
  ["application/json", true],
]);

/**
 * Serves plain unary Connect calls over HTTP/1.1, bodies of a declared length, without iterations and copies; all else goes to `general`. Both
 * lanes are made of the same stack.
 */
export function createHttp1Listener(options: ListenerOptions, general: Http1Listener): Http1Listener {
  const ways = new Map<string, Way>();
  const lanes = unaryLanes(options, http1Outcome);
  for (const [path, endpoint] of options.endpoints) {
    const lane = lanes.get(endpoint);
    if (lane) ways.set(path, { path, endpoint, lane });
  }
  const onError = (err: Error) => options.log.debug({ err }, "request or response broke off");
  return (request, response) => {
    const way = ways.get(request.url ?? "");
    if (!way || !isPlain(request, way.endpoint)) return general(request, response);
    // Without a listener, an error of a connection that breaks would end the process.
    request.on("error", onError);
    response.on("error", onError);
    begin(way, new Http1Exchange(way.path, request, response, options.trustedProxies), options);
  };
}

/** Whether a request is a whole plain message within its cap, and sound. */
function isPlain({ method, headers, rawHeaders, url }: IncomingMessage, { policy }: Endpoint): boolean {
  if (method !== "POST" || !IS_JSON.has(headers["content-type"])) return false;
  if ((headers["content-encoding"] ?? "identity") !== "identity") return false;
  const length = headers["content-length"] ?? "";
  if (!LENGTH.test(length) || Number(length) > policy.payload.maxRequestBytes) return false;
  return isSoundTarget(url, headers.host) && rawHeaders.every((it) => SOUND_VALUE.test(it));
}

function begin({ endpoint, lane }: Way, exchange: Http1Exchange, options: ListenerOptions): void {
  const contentType = exchange.header.get("content-type") ?? "";
  const dialogue = connectUnary(exchange, IS_JSON.get(contentType) === true);
  const refusal = turnedAway(exchange, endpoint, dialogue, options);
  if (refusal) {
    const { request, response } = exchange;
    refusal
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
