import type { DescMethod } from "@bufbuild/protobuf";
import type { Deadline } from "@charter/time";
import type { StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";
import type { Endpoint } from "./callee/endpoint.js";
import type { HeaderList } from "./header-list.js";
import type { Address } from "./resolver/resolver.js";

/** What an attempt answers. */
export type Answer = UnaryResponse | StreamResponse;

/** How one attempt goes out. */
export interface AttemptOptions {
  readonly signal: AbortSignal | undefined;
  /** Undefined for a stream without a bound. */
  readonly timeoutMs: number | undefined;
  readonly header: HeaderList;
}

/** The request of a call, whatever its kind. */
export interface CallRequest {
  /** Whether it can be sent again: nothing of it was consumed that is not kept. */
  readonly replayable: boolean;
  /** The value of a string field of a unary request, by its path; "" where it is not set. */
  field(path: string): string;
  /** A unary request in protobuf's binary format. */
  bytes(): Uint8Array;
  /** Sends it. Each attempt calls this anew. */
  send(transport: Transport, options: AttemptOptions): Promise<Answer>;
  /** To be called when the callee has answered, so that no other attempt follows. */
  answered(): void;
}

/** What all attempts of one call share. */
export interface CallProgress {
  attempts: number;
  readonly tried: Set<Address>;
}

/** A call on its way through the stack. */
export interface OutgoingCall {
  readonly method: DescMethod;
  /** As the application gave it; each attempt adds to a copy. */
  readonly header: HeaderList;
  readonly signal: AbortSignal | undefined;
  /** The time that the call was given at its start; undefined for a stream without a bound. */
  readonly timeoutMs: number | undefined;
  readonly deadline: Deadline | undefined;
  readonly request: CallRequest;
  readonly progress: CallProgress;
  /** Where the attempt goes; known below the layer that picks. */
  readonly endpoint: Endpoint | undefined;
}

/** Does what is left to do of a call. */
export type Send = (call: OutgoingCall) => Promise<Answer>;

/** One charge of the client, put around those below it. Built once per method. */
export type Layer = (next: Send) => Send;

/** One function of layers that read top to bottom, outermost first. */
export function layered(layers: readonly Layer[], last: Send): Send {
  return layers.reduceRight((next, layer) => layer(next), last);
}
