import type { PayloadPolicy } from "@charter/policy";
import {
  type ConnectionLimits,
  connectWire,
  errorCodes,
  type Stream,
  type WireConnection,
} from "@charter/wire";
import type { Transport } from "@connectrpc/connect";
import { DeadlineWheel } from "../wire/deadline-wheel.js";
import type { Outlet } from "../wire/outlet.js";
import {
  MESSAGE_DEFAULTS,
  type MessageOptions,
  OutletTransport,
  type TransportParts,
} from "../wire/outlet-transport.js";
import { RequestTemplates } from "../wire/request-templates.js";
import { socketOptions } from "../wire/socket-options.js";
import { UNARY_PROTOCOLS, UnaryLane } from "../wire/unary-lane.js";
import type {
  AttemptTrace,
  Connect,
  Connection,
  ConnectionEvents,
  ConnectionState,
  ConnectOptions,
} from "./connection.js";
import { CONNECT_TIMEOUT_MS, ConnectionLife, connectTimeout, takesNoMore } from "./connection-life.js";
import { PingPatience } from "./ping-patience.js";

const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Where the pool, the contract's deadline or the keepalive decide already, the connection itself does not. */
const LIMITS: Partial<ConnectionLimits> = {
  prefaceTimeoutMs: NEVER_MS,
  settingsTimeoutMs: NEVER_MS,
  pingTimeoutMs: NEVER_MS,
  idleTimeoutMs: NEVER_MS,
  stalledTimeoutMs: NEVER_MS,
  // A callee resets no more streams than it is sent, and one that refuses many is overloaded, not hostile.
  resetsPerSecond: 1_000_000,
  // Requests of many calls at once, each at most as long as its contract allows.
  maxQueuedBytes: 268_435_456,
};

/** Connections of Charter's own HTTP/2 under Connect's protocols. */
export function wireHttp2(options: ConnectOptions): Connect {
  const patience = new PingPatience(options.keepalive);
  const wheel = new DeadlineWheel(options.clock);
  return (origin, events) => new CharterConnection(origin, events, options, patience, wheel);
}

class CharterConnection implements Connection {
  readonly #parts: TransportParts;
  readonly #wire: WireConnection;
  readonly #life: ConnectionLife;
  readonly #options = new WeakMap<PayloadPolicy, MessageOptions>();
  #error: unknown;

  constructor(
    origin: string,
    events: ConnectionEvents,
    { protocol, clock, tls }: ConnectOptions,
    patience: PingPatience,
    wheel: DeadlineWheel,
  ) {
    const templates = new RequestTemplates(origin);
    const unaryLane = new UnaryLane(UNARY_PROTOCOLS[protocol], origin, templates, wheel);
    this.#parts = { protocol, baseUrl: origin, templates, unaryLane };
    const timer = clock.setTimer(() => this.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
    const wire = connectWire({
      ...socketOptions(origin, tls),
      clock,
      limits: LIMITS,
      onReady: () => {
        timer.clear();
        this.#life.becameReady();
      },
      onGoingAway: (code, debugData) => {
        patience.heard(origin, code === errorCodes.enhanceYourCalm, debugData);
        this.#life.becameDraining();
      },
      onOver: (error) => {
        timer.clear();
        wheel.rest();
        this.#life.becameClosed(this.#error ?? error);
      },
    });
    // Calls keep the process alive, not the connection.
    wire.keepProcess(false);
    this.#wire = wire;
    const peer = {
      bytesRead: () => wire.bytesReceived,
      ping: (acknowledged: () => void) => wire.ping(acknowledged),
      onDead: () => this.destroy(new Error("the connection answers no ping")),
      keepProcess: (alive: boolean) => wire.keepProcess(alive),
    };
    this.#life = new ConnectionLife(events, peer, clock, patience.timingFor(origin));
  }

  get state(): ConnectionState {
    const { state } = this.#life;
    // Streams that the end of a connection ends are told of it before its owner is.
    return state === "ready" && !this.#wire.isOpen ? "draining" : state;
  }

  get streams(): number {
    return this.#life.streams;
  }

  get maxStreams(): number {
    return this.#wire.maxStreams;
  }

  transport(payload: PayloadPolicy, trace: AttemptTrace, background = false): Transport {
    const outlet = new AttemptOutlet(this.#wire, this.#life, trace, background);
    return new OutletTransport(this.#parts, outlet, this.#optionsFor(payload));
  }

  /** The policy of a method is one object, so its options are made once. */
  #optionsFor(payload: PayloadPolicy): MessageOptions {
    const known = this.#options.get(payload);
    if (known) return known;
    const { maxRequestBytes: writeMaxBytes, maxResponseBytes: readMaxBytes } = payload;
    const options = { ...MESSAGE_DEFAULTS, writeMaxBytes, readMaxBytes };
    this.#options.set(payload, options);
    return options;
  }

  drain(): void {
    this.#life.becameDraining();
    void this.#wire.drain();
  }

  destroy(reason: Error): void {
    this.#error ??= reason;
    void this.#wire.close();
  }
}

const isRefused = () => true;

/** Opens the stream of one attempt and writes down what becomes of it. */
class AttemptOutlet implements Outlet {
  readonly #wire: WireConnection;
  readonly #life: ConnectionLife;
  readonly #trace: AttemptTrace;
  readonly #background: boolean;

  constructor(wire: WireConnection, life: ConnectionLife, trace: AttemptTrace, background: boolean) {
    this.#wire = wire;
    this.#life = life;
    this.#trace = trace;
    this.#background = background;
  }

  open(...request: Parameters<Outlet["open"]>): Stream {
    return this.#opened(this.#wire.open(...request));
  }

  openWhole(...request: Parameters<Outlet["openWhole"]>): Stream {
    return this.#opened(this.#wire.openWhole(...request));
  }

  #opened(stream: Stream | undefined): Stream {
    if (!stream) throw takesNoMore();
    this.#trace.opened = true;
    this.#life.streamOpened(this.#background);
    return stream;
  }

  closed(code: number): void {
    if (code === errorCodes.refusedStream) this.#trace.refused = isRefused;
    this.#trace.onClosed?.();
    this.#life.streamClosed(this.#background);
  }
}
