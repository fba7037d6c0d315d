import { Health } from "@charter/contract/grpc/health/v1/health_pb.js";
import type { Verifier } from "@charter/identity";
import { keepMessagesYoung } from "@charter/policy";
import type { Logger } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { Admission } from "./admission/admission.js";
import { RefusalLog } from "./admission/refusal-log.js";
import { TurnAway } from "./admission/turn-away.js";
import { checkCelRules } from "./auth/cel-rules.js";
import { declaredOnly } from "./declared-only.js";
import { listenToo, type Offer, splitOffer, wholeOffer } from "./doors.js";
import { drainServer } from "./drain-server.js";
import { createEndpoints } from "./endpoints.js";
import { createFastListener } from "./fast/fast-listener.js";
import { createHttp1Listener } from "./fast/http1-listener.js";
import { createDocuments, type Document } from "./http/documents.js";
import type { Exchange } from "./http/exchange.js";
import { http2EngineOn, type Wire } from "./http/http2-engine-on.js";
import { createNodeListener } from "./http/node-listener.js";
import { createOnePort, type OnePort } from "./http/one-port.js";
import type { TlsKeys, TlsOptions } from "./http/tls-options.js";
import { urlOf } from "./http/url-of.js";
import { createWireListener } from "./http/wire-listener.js";
import type { IdempotencyOptions } from "./idempotency/idempotency-store.js";
import type { Implementation } from "./implement.js";
import { Lifecycle } from "./lifecycle.js";
import { type ObservabilityOptions, observe } from "./observability.js";
import { Readiness, type ReadinessChecks } from "./readiness.js";
import { answerTo, type ListenerOptions } from "./request-listener.js";
import type { Endpoint } from "./server-call.js";
import { healthService } from "./services/health.js";
import { reflectionServices } from "./services/reflection.js";
import { createStack } from "./stack.js";
import { followTightenings } from "./tighten/follow-tightenings.js";
import type { FileWatch } from "./tighten/watch-file.js";
import { checkFieldRules } from "./validation/check-field-rules.js";

/** What a server is made of. */
export interface ServerOptions extends ObservabilityOptions {
  /** Name of the service in its logs, e.g. "buy". */
  readonly name: string;
  readonly implementations: readonly Implementation[];
  /** Finds out who calls. */
  readonly verifier: Verifier;
  readonly log: Logger;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** What /readyz and grpc.health.v1 ask, by name. Default: nothing, so that they only tell of draining. */
  readonly readiness?: ReadinessChecks;
  /**
   * A JSON file in which an operator tightens the contract while the server runs; it is watched. By service or method, e.g.
   * `{"shop.buy.v1.OrderService/PlaceOrder": {"concurrency": {"maxInFlight": 10}}}`; also `disabled`, `deadline.maxMs`, `payload`, `stream`
   * and `rate`. Default: none.
   */
  readonly tightenFile?: string;
  /** Keeps the answers of methods that declare `idempotency`. Default: their handlers do. */
  readonly idempotency?: IdempotencyOptions;
  /** Further JSON documents over plain GET, by path, e.g. "/.well-known/jwks.json". Default: none. */
  readonly wellKnown?: Readonly<Record<string, Document>>;
  /** Proxies in front whose x-forwarded-for is believed. Default 0: the caller's address is the connection's. */
  readonly trustedProxies?: number;
  /**
   * What speaks HTTP/2: "charter", the wire written for this chassis, or "node", node:http2. HTTP/1.1 is node:http's in both cases.
   * Default: "charter".
   */
  readonly wire?: Wire;
  /**
   * How long, and up to twice as long, the wire "charter" lets a new connection wait from an address whose HTTP/2 connections broke a bound or the protocol
   * within the last 10 s. 0: not at all, for callers who all come through one proxy that does not keep them apart. In ms. Default: 1,000.
   */
  readonly offenderWaitMs?: number;
  /** Speaks TLS on the service's port; the admin port stays in clear text, for probes and scrapers. Default: clear text. */
  readonly tls?: TlsOptions;
  /**
   * Whether calls with one request on the wire "charter", and plain unary ones over HTTP/1.1, take the way that is made for them alone.
   * What they do and answer is the same; false is for comparing both. Default: true.
   */
  readonly fastLane?: boolean;
  /**
   * Whether errors that the chassis itself gives say more than code and message: their reason, the fields that are wrong, how long to
   * wait. Charter's own client relies on it; false is for callers that take no details but their service's. Default: true.
   */
  readonly chassisDetails?: boolean;
}

/** Where a server listens. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string | undefined;
}

/** A served contract. */
export interface Server {
  /**
   * Starts to serve. Port 0 takes any free port. `adminUrl` is where the admin port was opened, or undefined without one.
   *
   * @throws PortTakenError when another process has a port
   */
  listen(address: { host: string; port: number }): Promise<Listening>;
  /**
   * Takes other TLS keys, for connections that come from now on: certificates expire while a server runs.
   *
   * @throws TypeError on a server in clear text, and when `ca` is added or left out
   * @throws Error when the keys cannot be used; the old ones stay
   */
  renewTls(keys: TlsKeys): void;
  /**
   * Ends gracefully: health says NOT_SERVING, new calls are refused with UNAVAILABLE, connections are told to go away, calls in
   * flight finish, and what is still running after `graceMs` is aborted. Streams of responses are ended earlier, for they
   * could outlast any grace and their callers open them anew. Resolves when the port is closed. A second call joins the first.
   */
  drain(options: { graceMs: number }): Promise<void>;
}

/**
 * Serves implementations under the policy that their contract declares: Connect, gRPC and gRPC-Web on one port over HTTP/1.1 and
 * HTTP/2, in clear text or over TLS, with health, reflection, /livez, /readyz and /metrics. Sets one flag of V8 for the whole process, see
 * `keepMessagesYoung`.
 *
 * @throws PolicyError with every problem of every method, e.g. one that no auth covers, or an expression that says nothing
 * @throws Error when the TLS keys cannot be used
 */
export function createServer(options: ServerOptions): Server {
  keepMessagesYoung();
  const { log, clock = systemClock, admin } = options;
  const lifecycle = new Lifecycle();
  const readiness = new Readiness(options.readiness ?? {}, lifecycle, clock);
  const endpoints = endpointsOf(options, lifecycle, readiness, clock);
  checkCelRules(endpoints.values());
  checkFieldRules(endpoints.values());
  const own = [...endpoints.values()].filter(({ servesWhileDraining }) => !servesWhileDraining);
  const admission = new Admission(clock);
  const observed = observe(options, endpoints, admission, clock);
  const whole = {
    endpoints,
    wellKnown: options.wellKnown ?? {},
    livez: async () => ({ status: "live" }),
    readyz: readiness.document(),
    metrics: observed.document,
  };
  const open = portOpener(options, lifecycle, admission, clock);
  const offers = admin ? splitOffer(whole) : { service: wholeOffer(whole), admin: undefined };
  const port = open(offers.service, options.tls);
  const adminPort = offers.admin && open(offers.admin);
  observed.watch("service", port);
  if (adminPort) observed.watch("admin", adminPort);
  let tightened: FileWatch | undefined;
  let drained: Promise<void> | undefined;
  return {
    async listen(address) {
      tightened ??= options.tightenFile
        ? followTightenings(options.tightenFile, own, { log, clock })
        : undefined;
      await tightened?.looked;
      const bound = await port.listen(address);
      const url = urlOf({ host: address.host, port: bound.port }, options.tls !== undefined);
      const adminBound = admin && adminPort && (await listenToo(port, adminPort, admin));
      const adminUrl = adminBound && urlOf({ host: admin.host, port: adminBound.port }, false);
      announce(options, endpoints, url, adminUrl);
      return { url, port: bound.port, adminUrl };
    },
    renewTls: (keys) => port.renewTls(keys),
    drain({ graceMs }) {
      drained ??= drainServer({ lifecycle, port, clock, log, graceMs }).finally(async () => {
        // Last, so that the end of the work can be watched.
        await adminPort?.close();
        observed.stop();
        tightened?.stop();
      });
      return drained;
    },
  };
}

function portOpener(
  {
    log,
    verifier,
    tracer,
    idempotency,
    trustedProxies = 0,
    wire = "charter",
    offenderWaitMs,
    fastLane = true,
    chassisDetails = true,
  }: ServerOptions,
  lifecycle: Lifecycle,
  admission: Admission,
  clock: Clock,
): (offer: Offer, tls?: TlsOptions) => OnePort {
  const refusals = new RefusalLog(log, clock);
  const stack = createStack({
    clock,
    verifier,
    lifecycle,
    admission,
    refusals,
    tracer,
    idempotency,
    chassisDetails,
  });
  const turnAway = new TurnAway(admission, refusals);
  return ({ endpoints, documents }, tls) => {
    const made = createDocuments(documents, log);
    const options: ListenerOptions = {
      endpoints,
      documents: made,
      stack,
      lifecycle,
      turnAway,
      log,
      clock,
      trustedProxies,
      chassisDetails,
    };
    const serving = { ...options, answer: (exchange: Exchange) => answerTo(exchange, options) };
    const general = createWireListener(serving);
    const charter = fastLane ? createFastListener(options, general) : general;
    const listeners = { node: createNodeListener(serving), charter };
    const http2 = http2EngineOn(wire, listeners, { log, clock, offenderWaitMs });
    const http1 = fastLane ? createHttp1Listener(options, listeners.node) : listeners.node;
    return createOnePort({ http1, http2 }, log, clock, tls);
  };
}

function endpointsOf(
  { implementations }: ServerOptions,
  lifecycle: Lifecycle,
  readiness: Readiness,
  clock: Clock,
): ReadonlyMap<string, Endpoint> {
  const services = implementations.map((it) => it.service);
  const names = services.map((it) => it.typeName);
  return createEndpoints(implementations, [
    healthService(names, lifecycle, readiness, clock),
    ...reflectionServices([...services, Health]),
  ]);
}

/** Says what is served and, so that nobody believes it, what is declared and not kept. */
function announce(
  { name, log, idempotency }: ServerOptions,
  endpoints: ReadonlyMap<string, Endpoint>,
  url: string,
  adminUrl: string | undefined,
): void {
  const all = [...endpoints.values()];
  const unimplemented = all.filter((it) => !it.invoke).map((it) => it.policy.procedure);
  log.info({ name, url, adminUrl, procedures: all.length, unimplemented }, "serving");
  const options = declaredOnly(all, idempotency);
  if (Object.keys(options).length > 0) log.warn({ options }, "declared in the contract but not enforced yet");
}
