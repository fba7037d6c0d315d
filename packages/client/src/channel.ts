import type { DescService } from "@bufbuild/protobuf";
import type { Logger } from "@charter/telemetry";
import type { Client, Transport } from "@connectrpc/connect";
import { callPolicy } from "./call-policy.js";
import { createCallTransport } from "./call-transport.js";
import type { Protocol, Target } from "./callee.js";
import { Callees } from "./callees.js";
import { type Credentials, prepareCall } from "./prepare-call.js";
import { createServiceClient } from "./service-client.js";

/** What `createChannel` takes. */
export interface ChannelOptions {
  /**
   * Where services are, by a prefix of their fully qualified name that ends at a dot: `{"shop.discount.v1": {url, audience}}`.
   * The longest prefix wins.
   */
  readonly targets: Readonly<Record<string, Target>>;
  /** Who calls. Default: nobody; a call may still bring an `authorization` header of its own. */
  readonly credentials?: Credentials;
  /** gRPC or Connect, both over HTTP/2 (in clear text with prior knowledge). Default "grpc". */
  readonly protocol?: Protocol;
  /** Told when a callee cannot be reached, and when it can again. Default: nobody. */
  readonly log?: Logger;
}

/** Calls services as their contracts say. One per process; it keeps one connection per callee. */
export interface Channel {
  /**
   * The typed client of a service, as Connect's, but leaving a stream early ends the call.
   * @throws TypeError when no target covers the service
   * @throws PolicyError when the contract contradicts itself
   */
  client<S extends DescService>(service: S): Client<S>;
  /** For code that wants a Connect transport. */
  readonly transport: Transport;
  /** Ends every call and connection. Later calls are refused. */
  close(): void;
}

/**
 * A channel to other services. A call ends at the earliest of: its own `timeoutMs` (clamped to the contract's maximum) or else the
 * contract's default, and what remains of the call being served. A stream has only the last, and its own `timeoutMs`. The
 * identity for the callee, the request id and the trace travel with the call, and it is cancelled with the call being served.
 *
 * Calls fail with a ConnectError; `outcomeOf`, `isContractError` and `errorReason` read it.
 */
export function createChannel(options: ChannelOptions): Channel {
  const { credentials } = options;
  const callees = new Callees(options);
  const transport = createCallTransport((method, signal, timeoutMs, header) =>
    prepareCall({
      method,
      callee: callees.of(method.parent),
      signal,
      timeoutMs,
      header: new Headers(header),
      credentials,
    }),
  );
  return {
    transport,
    client(service) {
      callees.of(service);
      for (const method of service.methods) callPolicy(method);
      return createServiceClient(service, transport);
    },
    close: () => callees.close(),
  };
}
