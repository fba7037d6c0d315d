import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import { type Clock, sleep } from "@charter/time";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { type Connection, newTrace } from "../pool/connection.js";
import { connectionBackoffMs } from "../pool/connection-backoff.js";

const PAYLOAD = { maxRequestBytes: 1_024, maxResponseBytes: 1_024 };

/** unknown: nothing heard yet, or the server does not say; taken for healthy. */
export type HealthState = "unknown" | "healthy" | "unhealthy";

export interface HealthWatchOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of every change. */
  readonly onChange: () => void;
}

/**
 * Watches what one endpoint says of itself by `grpc.health.v1`, as a whole (the service ""). A server that does not implement it counts as
 * healthy, as in gRPC's client health checking (gRFC A17).
 */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  #state: HealthState = "unknown";
  #watched: Connection | undefined;
  #stop: AbortController | undefined;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  get state(): HealthState {
    return this.#state;
  }

  /** Follows the endpoint's connection: watches a new one, forgets what a lost one said. Undefined where there is none. */
  follow(connection: Connection | undefined): void {
    if (connection === this.#watched) return;
    this.#stop?.abort();
    this.#watched = connection;
    this.#set("unknown");
    if (!connection) return;
    const stop = new AbortController();
    this.#stop = stop;
    void this.#watch(connection, stop.signal);
  }

  async #watch(connection: Connection, signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const code = await this.#read(connection, signal);
      if (signal.aborted || connection.state !== "ready" || code === Code.Unimplemented) return;
      const { clock, random } = this.#options;
      await sleep(clock, connectionBackoffMs(failures, random), signal).catch(() => undefined);
    }
  }

  /** Reads one watch to its end and says how it ended; undefined for in good order. */
  async #read(connection: Connection, signal: AbortSignal): Promise<Code | undefined> {
    const client = createClient(Health, connection.transport(PAYLOAD, newTrace(), true));
    try {
      for await (const { status } of client.watch({ service: "" }, { signal })) {
        if (!signal.aborted) this.#set(status === Status.SERVING ? "healthy" : "unhealthy");
      }
      return undefined;
    } catch (error) {
      // A watch that breaks says nothing of the endpoint's health; calls and the connection itself will tell.
      if (!signal.aborted) this.#set("unknown");
      return ConnectError.from(error).code;
    }
  }

  #set(state: HealthState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange();
  }
}
