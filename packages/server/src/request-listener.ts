import { anonymous } from "@charter/identity";
import { type Logger, noTraffic } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { TurnAway } from "./admission/turn-away.js";
import { ChassisError, chassisError } from "./errors/chassis-error.js";
import type { Documents } from "./http/documents.js";
import type { Exchange, HttpAnswer } from "./http/exchange.js";
import { unknownProcedure } from "./http/unknown-procedure.js";
import type { Lifecycle } from "./lifecycle.js";
import { newId } from "./new-id.js";
import { openDialogue } from "./protocols/open-dialogue.js";
import { requestIdOf } from "./request-id.js";
import type { Endpoint, ServerCall } from "./server-call.js";
import type { Stack } from "./stack.js";

/** What turns HTTP requests into calls. */
export interface ListenerOptions {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly documents: Documents;
  readonly stack: Stack;
  readonly lifecycle: Lifecycle;
  readonly turnAway: TurnAway;
  readonly log: Logger;
  readonly clock: Clock;
  readonly trustedProxies: number;
  /** Whether errors of the chassis' own take their details along. */
  readonly chassisDetails: boolean;
}

/** Answers a sound request, whatever it came over. Never rejects. */
export async function answerTo(exchange: Exchange, options: ListenerOptions): Promise<HttpAnswer> {
  const document = await options.documents(exchange);
  if (document) return document;
  const endpoint = options.endpoints.get(exchange.path);
  if (!endpoint) return unknownProcedure(exchange, options.chassisDetails);
  const opened = openDialogue(exchange, endpoint.method);
  if ("refusal" in opened) return opened.refusal;
  const refusal = turnedAway(exchange, endpoint, opened.dialogue, options);
  if (refusal) return refusal;
  const call = newCall(exchange, endpoint, opened.dialogue, options.log);
  track(call, options.lifecycle);
  return opened.dialogue.respond(options.stack(call), call.responseHeader, call.responseTrailer);
}

/** The answer to a call that overload turns away before anything is made for it; undefined for one that is let on. */
export function turnedAway(
  exchange: Exchange,
  endpoint: Endpoint,
  dialogue: ServerCall["dialogue"],
  { lifecycle, turnAway }: ListenerOptions,
): HttpAnswer | Promise<HttpAnswer> | undefined {
  return lifecycle.draining ? undefined : turnAway.answer(exchange, endpoint, dialogue);
}

/** A call is in flight until the last byte of its answer is out, not only until it is made. */
function track(call: ServerCall, lifecycle: Lifecycle): void {
  const begun = lifecycle.begin(call);
  call.exchange.closed.then((complete) => {
    lifecycle.end(begun);
    if (!complete) call.abort(chassisError(ChassisError.CALLER_GONE));
  });
}

function newCall(
  exchange: Exchange,
  endpoint: Endpoint,
  dialogue: ServerCall["dialogue"],
  log: Logger,
): ServerCall {
  const controller = new AbortController();
  const requestId = requestIdOf(exchange.header);
  const abort = (reason: Error) => controller.abort(reason);
  return {
    endpoint,
    method: endpoint.method,
    policy: endpoint.policy,
    exchange,
    dialogue,
    requestId,
    log,
    responseHeader: new Headers({ "x-request-id": requestId }),
    responseTrailer: new Headers(),
    signal: controller.signal,
    abort,
    newId,
    principal: anonymous,
    mustOwn: false,
    deadline: undefined,
    watchSeat: -1,
    startedMs: 0,
    slot: undefined,
    idle: undefined,
    isHandled: false,
    traffic: noTraffic(),
    span: undefined,
    bytes: dialogue.requests(endpoint.policy.payload.maxRequestBytes),
    request: undefined,
    requests: none(),
  };
}

/** Stands for the messages until the layer decode has set them. */
async function* none(): AsyncIterable<never> {}
