import type { MethodPolicy } from "@charter/policy";
import type { Logger, MethodMetrics } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { attempt } from "./attempt/attempt.js";
import { breakerLayer } from "./breaker/breaker-layer.js";
import type { Callee } from "./callee/callee.js";
import { countLayer } from "./count-layer.js";
import { deadlineLayer } from "./deadline/deadline-layer.js";
import { fallbackLayer } from "./fallback/fallback-layer.js";
import type { StaleCache } from "./fallback/stale-cache.js";
import { type CallOther, standInFor } from "./fallback/stand-in.js";
import { hedgeLayer } from "./hedge/hedge-layer.js";
import { type Credentials, identityLayer } from "./identity/identity-layer.js";
import { type Layer, layered, type Send } from "./outgoing-call.js";
import { pickLayer } from "./pick/pick-layer.js";
import type { ProcessHold } from "./process-hold.js";
import { retryLayer } from "./retry/retry-layer.js";
import { metricsLayer } from "./telemetry/metrics-layer.js";
import { traceLayer } from "./telemetry/trace-layer.js";
import { throttleLayer } from "./throttle/throttle-layer.js";

/** What the layers of one method are made of. */
export interface StackContext {
  readonly policy: MethodPolicy;
  readonly callee: Callee;
  readonly clock: Clock;
  readonly random: () => number;
  readonly defaultDeadlines: boolean;
  /** What keeps the process alive for calls under way. */
  readonly hold: ProcessHold;
  readonly metrics: MethodMetrics;
  readonly credentials: Credentials | undefined;
  readonly log: Logger | undefined;
  readonly staleAnswers: StaleCache;
  readonly callOther: CallOther;
}

/** The client's stack for one method, outermost first. Built once. */
export function buildStack(context: StackContext): Send {
  const { policy, callee, clock, random, credentials, defaultDeadlines } = context;
  const layers: Layer[] = [
    // Outermost, so that the application's own calls are counted, whatever becomes of them.
    countLayer(callee, context.hold),
    metricsLayer(policy, context.metrics, clock),
    // One clock for all that follows: no layer may outlast what the contract, the caller and its own caller allow.
    deadlineLayer(policy, callee, clock, defaultDeadlines),
    // Sees only what stayed wrong after all attempts.
    ...fallback(context),
    // Before anything is spent on a call that would be refused.
    ...throttle(context),
    // Around the retries: a slow attempt is not a failed one.
    ...hedge(context),
    // Around the pick, so that each attempt meets another endpoint.
    retryLayer({ policy, callee, clock, random }),
    pickLayer(policy, callee, random),
    // Of the endpoint that was picked.
    breakerLayer(policy, callee),
    // Each attempt is work of its own in a trace.
    traceLayer(policy),
    // Late, for it costs a token: who is refused above needs none.
    identityLayer(callee, credentials),
  ];
  return layered(layers, attempt(policy, callee));
}

function fallback({ policy, callee, log, staleAnswers, callOther }: StackContext): Layer[] {
  if (policy.kind !== "unary" || !policy.fallback) return [];
  return [fallbackLayer(standInFor(policy.fallback, staleAnswers, callOther), callee, log)];
}

function throttle({ policy, callee }: StackContext): Layer[] {
  return policy.kind === "unary" ? [throttleLayer(policy, callee)] : [];
}

function hedge({ policy, callee, clock }: StackContext): Layer[] {
  return policy.kind === "unary" && policy.hedge ? [hedgeLayer(policy.hedge, callee, clock)] : [];
}
