import type { Message } from "@bufbuild/protobuf";
import type { Code } from "@charter/contract/charter/v1/code_pb.js";
import type { Layer } from "./layers.js";

/** The shape of a method's requests and responses. */
export type MethodKind = "unary" | "server_streaming" | "client_streaming" | "bidi_streaming";

/** What a call does to the world: nothing, the same thing however often it is repeated, or something each time. */
export type Effects = "none" | "idempotent" | "effects";

/** Who is shed first under overload. */
export type Criticality = "sheddable" | "default" | "critical";

export interface DeadlinePolicy {
  /** Given to a call that brings none. */
  readonly defaultMs: number;
  /** A longer one is clamped to this. */
  readonly maxMs: number;
}

export interface PayloadPolicy {
  readonly maxRequestBytes: number;
  readonly maxResponseBytes: number;
}

export interface StreamPolicy {
  readonly maxIdleMs: number;
  readonly maxAgeMs: number;
  /** In one direction; undefined where only the two times bound a stream. */
  readonly maxMessages: number | undefined;
}

export interface ConcurrencyPolicy {
  readonly maxInFlight: number;
  readonly adaptive: boolean;
  readonly maxQueue: number;
  readonly maxQueueTimeMs: number;
}

export interface RatePolicy {
  readonly key: "address" | "subject" | "caller" | "global";
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}

export type AuthPolicy =
  | { readonly kind: "public" }
  | { readonly kind: "authenticated" }
  | {
      readonly kind: "rule";
      readonly id: string;
      readonly roles: readonly string[];
      readonly scopes: readonly string[];
      readonly callers: readonly string[];
      /** Path of the request field that must equal the subject. */
      readonly owner?: string;
      readonly cel?: string;
    };

export interface IdempotencyPolicy {
  readonly keyField: string;
  readonly retentionMs: number;
  /** Fields of the request, by name, that a repeat may have otherwise. */
  readonly ignoredFields: readonly string[];
}

export interface RetryPolicy {
  /** The first attempt included. */
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly multiplier: number;
  readonly codes: readonly Code[];
}

export interface HedgePolicy {
  readonly delayMs: number;
  readonly maxAttempts: number;
}

export interface BreakerPolicy {
  readonly failureRatio: number;
  readonly minCalls: number;
  readonly windowMs: number;
  readonly openForMs: number;
}

export type BalancePolicy =
  | { readonly kind: "p2c_ewma" }
  | { readonly kind: "round_robin" }
  | { readonly kind: "hash"; readonly hashField: string };

export type FallbackPolicy =
  | { readonly kind: "stale"; readonly maxAgeMs: number }
  | { readonly kind: "empty" }
  | { readonly kind: "message"; readonly message: Message }
  /** `method` is the procedure to call instead, e.g. "/shop.buy.v1.CatalogService/ListProducts". */
  | { readonly kind: "method"; readonly method: string };

export interface ObjectivePolicy {
  readonly availability: number;
  readonly latencyMs: number;
  readonly quantile: number;
}

export interface LogPolicy {
  readonly level: "debug" | "info" | "none";
  /** The share of successes that is logged, 0 to 1. */
  readonly sample: number;
}

/** Everything that the contract says about the behaviour of one method, with the defaults filled in. Immutable. */
export interface MethodPolicy {
  /** The path of the method on the wire, e.g. "/shop.buy.v1.OrderService/PlaceOrder". */
  readonly procedure: string;
  readonly kind: MethodKind;
  readonly effects: Effects;
  readonly deadline: DeadlinePolicy;
  readonly payload: PayloadPolicy;
  readonly stream: StreamPolicy;
  readonly concurrency: ConcurrencyPolicy;
  readonly rate: readonly RatePolicy[];
  readonly auth: AuthPolicy;
  readonly idempotency?: IdempotencyPolicy;
  readonly retry?: RetryPolicy;
  readonly hedge?: HedgePolicy;
  readonly breaker: BreakerPolicy;
  readonly balance: BalancePolicy;
  readonly fallback?: FallbackPolicy;
  readonly criticality: Criticality;
  readonly objective?: ObjectivePolicy;
  readonly log: LogPolicy;
  /** Where each value came from, by its path in this object: `"deadline.defaultMs"` -> `"service"`. */
  readonly provenance: Readonly<Record<string, Layer>>;
}

/** The policies of a service's methods by their local name, e.g. "placeOrder". */
export interface ServicePolicy {
  readonly typeName: string;
  readonly methods: ReadonlyMap<string, MethodPolicy>;
}
