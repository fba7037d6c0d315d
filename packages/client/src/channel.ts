import { type DescMethod, type DescMethodUnary, type DescService, fromBinary } from "@bufbuild/protobuf";
import { keepMessagesYoung } from "@charter/policy";
import type { Logger, Sample } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import type { Client, Transport, UnaryResponse } from "@connectrpc/connect";
import { callPolicy } from "./call-policy.js";
import { createCallTransport, newCall } from "./call-transport.js";
import { TUNING_DEFAULTS, type Tuning } from "./callee/tuning.js";
import { Callees } from "./callees.js";
import type { ChannelTls } from "./channel-tls.js";
import { StaleCache } from "./fallback/stale-cache.js";
import type { Credentials } from "./identity/identity-layer.js";
import type { OutgoingCall, Send } from "./outgoing-call.js";
import { nodeHttp2 } from "./pool/node-http2.js";
import { wireHttp2 } from "./pool/wire-http2.js";
import { ProcessHold } from "./process-hold.js";
import type { Lookup } from "./resolver/dns-resolver.js";
import { createServiceClient } from "./service-client.js";
import { type ChannelSnapshot, snapshotOf } from "./snapshot.js";
import { buildStack } from "./stack.js";
import type { Protocol, Target } from "./target.js";
import { CallMetrics } from "./telemetry/call-metrics.js";
import { channelSamples } from "./telemetry/channel-samples.js";
import { unaryRequest } from "./unary-request.js";

/** What `createChannel` takes. */
export interface ChannelOptions {
  /**
   * Where services are, by a prefix of their fully qualified name that ends at a dot: `{"shop.discount.v1": {url, audience}}`.
   * The longest prefix wins.
   */
  readonly targets: Readonly<Record<string, Target>>;
  /** Who calls. Default: nobody; a call may still bring an `authorization` header of its own. */
  readonly credentials?: Credentials;
  /** Whom the channel trusts, and what it shows of itself, where a target is "https:". Default: trusts what the machine trusts. */
  readonly tls?: ChannelTls;
  /** gRPC or Connect, both over HTTP/2 (in clear text with prior knowledge). Default "grpc". */
  readonly protocol?: Protocol;
  /** What speaks HTTP/2: "charter", the wire written for this chassis, or "node", node:http2. Default "charter". */
  readonly wire?: "charter" | "node";
  /**
   * Whether a unary call without a `timeoutMs` of its own gets the contract's default. Default true. False is for tools that send just what
   * they are told, and wait as long as their own caller lets them.
   */
  readonly defaultDeadlines?: boolean;
  /** Told when a callee cannot be reached, and when it can again, of ejections and of fallbacks. Default: nobody. */
  readonly log?: Logger;
  /** The time of deadlines, backoff and windows. Default: the machine's. */
  readonly clock?: Clock;
  /** Floats in [0, 1), for jitter and balancing. Default: Math.random. */
  readonly random?: () => number;
  /** Looks up the names of `dns:` targets. Default: the machine's resolver. */
  readonly lookup?: Lookup;
  /** How endpoints are watched, where the defaults do not fit. */
  readonly tuning?: Partial<Tuning>;
}

/** Calls services as their contracts say. One per process; it keeps the connections to every callee. */
export interface Channel {
  /**
   * The typed client of a service, as Connect's, but leaving a stream early ends the call.
   * @throws TypeError when no target covers the service
   * @throws PolicyError when the contract contradicts itself
   */
  client<S extends DescService>(service: S): Client<S>;
  /** For code that wants a Connect transport. */
  readonly transport: Transport;
  /** What is known of every callee now: endpoints, breakers, budgets, counters. */
  snapshot(): ChannelSnapshot;
  /** The same as series, and those of every method that was called: `registry.collector(() => channel.samples())`. */
  samples(): Sample[];
  /** Ends every call, connection, watch and timer. Later calls are refused. */
  close(): void;
}

/**
 * A channel to other services. A call ends at the earliest of: its own `timeoutMs` (clamped to the contract's maximum) or else the
 * contract's default, and what remains of the call being served. A stream has only the last, and its own `timeoutMs`. The
 * identity for the callee, the request id and the trace travel with the call, and it is cancelled with the call being served.
 * Retries, hedges, balancing, breakers and fallbacks are those of the contract; `stack.ts` lists them in order. Sets one flag of V8 for the
 * whole process, see `keepMessagesYoung`.
 *
 * Calls fail with a ConnectError; `outcomeOf`, `isContractError` and `errorReason` read it. An answer that stands in for a
 * failed one carries the response header `charter-fallback`.
 */
export function createChannel(options: ChannelOptions): Channel {
  keepMessagesYoung();
  const { targets, credentials, protocol = "grpc", log, clock = systemClock, random = Math.random } = options;
  const { defaultDeadlines = true } = options;
  const tuning = { ...TUNING_DEFAULTS, ...options.tuning };
  const connectBy = options.wire === "node" ? nodeHttp2 : wireHttp2;
  const connect = connectBy({ protocol, clock, keepalive: tuning.keepalive, tls: options.tls ?? {} });
  const lookup = options.lookup && { lookup: options.lookup };
  const callees = new Callees({ targets, connect, clock, random, tuning, log, ...lookup });
  const staleAnswers = new StaleCache(clock);
  const hold = new ProcessHold();
  const red = new CallMetrics();
  const stackOf = oncePerMethod((method) => {
    const policy = callPolicy(method);
    const callee = callees.of(method.parent);
    const shared = { clock, random, hold, credentials, log, staleAnswers, callOther, defaultDeadlines };
    return buildStack({ policy, callee, metrics: red.of(method), ...shared });
  });
  const callOther = async (method: DescMethod, call: OutgoingCall) => {
    const unary = method as DescMethodUnary;
    const request = unaryRequest(unary, fromBinary(unary.input, call.request.bytes()), undefined);
    return (await stackOf(method)(
      newCall(method, call.signal, undefined, call.header, request),
    )) as UnaryResponse;
  };
  const transport = createCallTransport(stackOf);
  const snapshot = () => ({ callees: callees.all.map(snapshotOf), staleAnswers: staleAnswers.size });
  return {
    transport,
    client(service) {
      callees.of(service);
      for (const method of service.methods) callPolicy(method);
      return createServiceClient(service, transport);
    },
    snapshot,
    samples: () => [...red.samples(), ...channelSamples(snapshot())],
    close() {
      callees.close();
      staleAnswers.clear();
      hold.close();
    },
  };
}

/** Methods are as many as the contracts have, so this stays bounded; those of contracts that are dropped go with them. */
function oncePerMethod(build: (method: DescMethod) => Send): (method: DescMethod) => Send {
  const built = new WeakMap<DescMethod, Send>();
  return (method) => {
    const known = built.get(method);
    if (known) return known;
    const stack = build(method);
    built.set(method, stack);
    return stack;
  };
}
