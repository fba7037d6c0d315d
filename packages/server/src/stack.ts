import type { Message } from "@bufbuild/protobuf";
import type { Verifier } from "@charter/identity";
import type { Tracer } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Admission } from "./admission/admission.js";
import type { RefusalLog } from "./admission/refusal-log.js";
import type { IdempotencyOptions } from "./idempotency/idempotency-store.js";
import { accessLog } from "./layers/access-log.js";
import { admit } from "./layers/admit.js";
import { ambient } from "./layers/ambient.js";
import { authenticate } from "./layers/authenticate.js";
import { authorise } from "./layers/authorise.js";
import { deadline } from "./layers/deadline.js";
import { decode } from "./layers/decode.js";
import { disabled } from "./layers/disabled.js";
import { drain } from "./layers/drain.js";
import { encode } from "./layers/encode.js";
import { errors } from "./layers/errors.js";
import { gather } from "./layers/gather.js";
import { handler } from "./layers/handler.js";
import { idempotency } from "./layers/idempotency.js";
import { owner } from "./layers/owner.js";
import { rateByAddress } from "./layers/rate-by-address.js";
import { rateByCaller } from "./layers/rate-by-caller.js";
import { streamBounds } from "./layers/stream-bounds.js";
import { telemetry } from "./layers/telemetry.js";
import { validate } from "./layers/validate.js";
import type { Lifecycle } from "./lifecycle.js";
import type { Endpoint, LaneStep, Layer, ServerCall } from "./server-call.js";

/** What the layers need. */
export interface StackOptions {
  readonly clock: Clock;
  readonly verifier: Verifier;
  readonly lifecycle: Lifecycle;
  readonly admission: Admission;
  /** Logs the calls that it refuses. */
  readonly refusals: RefusalLog;
  /** Records traces. Undefined: none is recorded. */
  readonly tracer: Tracer | undefined;
  /** Whether errors of the chassis' own take their details along. */
  readonly chassisDetails: boolean;
  /** Keeps answers by idempotency key. Undefined: handlers do. */
  readonly idempotency: IdempotencyOptions | undefined;
}

/** All layers together. */
export interface Stack {
  /** Runs a call through them; the bytes of its responses, or a ConnectError. */
  (call: ServerCall): AsyncIterable<Uint8Array>;
  /** What they do for the calls of a method that takes one request, in their order; undefined where one of them can only do it by iteration. */
  steps(endpoint: Endpoint): readonly LaneStep[] | undefined;
}

/**
 * What happens to a call once its path has led to a method, from the outside in; cheap refusals first. (Before it, per HTTP request:
 * the guard of http/node-exchange.ts, the documents and the route of request-listener.ts.)
 */
export function createStack(options: StackOptions): Stack {
  const { clock, verifier, lifecycle, admission, refusals, tracer } = options;
  // On bytes; the first byte of the body is read as late as `gather`.
  const outer: Layer<Uint8Array>[] = [
    telemetry(clock, tracer), // outermost, so that refusals of every other layer are counted and traced
    accessLog(clock, refusals), // and logged
    errors(options.chassisDetails), // nothing undeclared passes it on the way out
    drain(lifecycle), //       a server that shuts down does no work for new calls
    disabled(), //             nor for what an operator has switched off
    rateByAddress(clock), //   an address that calls too often costs nothing more
    authenticate(verifier), // who calls; a bad token costs one verification and no body
    authorise(), //            may they call this method at all
    rateByCaller(clock), //    how often may they
    deadline(clock), //        the clock starts; everything below is raced against it
    streamBounds(clock), //    per message, for streams
    gather(admission), //      a single request is read first, so that who sends it slowly holds up nobody
    admit(admission), //       is there room for the call, or who goes first
  ];
  // As the handler asks for messages, under the cap that the dialogue keeps.
  const inner: Layer<Message>[] = [
    decode(), //               bytes to messages
    validate(), //             the contract's rules for their fields
    owner(), //                may they touch this object; after validation, for it reads a field
    ambient(), //              what is done from here on inherits deadline, subject and trace
    idempotency(options.idempotency), // the first answer to a key that is known
  ];
  const serve = compose(inner, handler);
  const stack = compose(outer, (call) => encode(call, serve(call)));
  return Object.assign(stack, { steps: (endpoint: Endpoint) => stepsOf([...outer, ...inner], endpoint) });
}

function stepsOf(
  layers: readonly { readonly step?: Layer<never>["step"] }[],
  endpoint: Endpoint,
): readonly LaneStep[] | undefined {
  const steps = layers.map((it) => it.step?.(endpoint));
  return steps.every((it) => it !== undefined) ? steps : undefined;
}

function compose<T>(
  layers: readonly Layer<T>[],
  core: (call: ServerCall) => AsyncIterable<T>,
): (call: ServerCall) => AsyncIterable<T> {
  let serve = core;
  for (const layer of layers.toReversed()) {
    const next = serve;
    serve = (call) => layer(call, () => next(call));
  }
  return serve;
}
