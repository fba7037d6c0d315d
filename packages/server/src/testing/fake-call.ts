import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous } from "@charter/identity";
import { compileMethod, type MethodPolicy } from "@charter/policy";
import { createLogger, MethodMetrics, noTraffic } from "@charter/telemetry";
import type { Exchange } from "../http/exchange.js";
import type { Dialogue } from "../protocols/dialogue.js";
import type { Layer, ServerCall } from "../server-call.js";
import { collect } from "./collect.js";

/** What a test says of its call; the rest is that of an anonymous Echo. */
export interface FakeCallOptions {
  readonly policy?: Partial<MethodPolicy>;
  readonly header?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly servesWhileDraining?: boolean;
}

/** A call for testing one layer alone, with what it logs. */
export function fakeCall(options: FakeCallOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const controller = new AbortController();
  const method = ShelfService.method.echo;
  const policy = { ...compileMethod(method), ...options.policy };
  const call: ServerCall = {
    endpoint: {
      method,
      policy,
      disabled: false,
      invoke: undefined,
      metrics: new MethodMetrics("server", { service: "test", method: "Echo" }),
      servesWhileDraining: options.servesWhileDraining ?? false,
    },
    method,
    policy,
    exchange: { header: new Headers(options.header), address: "192.0.2.1" } as Exchange,
    dialogue: { protocol: "connect", json: true, timeoutMs: () => options.timeoutMs } as Dialogue,
    requestId: "request-1",
    log: createLogger({ service: "test", level: "debug", destination }),
    responseHeader: new Headers(),
    responseTrailer: new Headers(),
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    newId: () => "id-1",
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
    bytes: from([]),
    request: undefined,
    requests: from([]),
  };
  return { call, lines };
}

/** Runs one layer over what the layers below answer, and gives back what comes out. */
export function run<T>(
  layer: Layer<T>,
  call: ServerCall,
  below: { values: readonly T[] } | { error: Error },
): Promise<T[]> {
  return collect(layer(call, () => ("error" in below ? failing(below.error) : from(below.values))));
}

/** The values as an iteration. */
export async function* from<T>(values: Iterable<T>): AsyncIterable<T> {
  yield* values;
}

function failing(error: Error): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
