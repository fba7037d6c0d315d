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

/** A call on its way through the stack: one object down to where it is copied for each attempt. Layers settle on it what holds below them. */
export interface OutgoingCall {
  readonly method: DescMethod;
  /** As the application gave it; attempts have more. */
  header: HeaderList;
  signal: AbortSignal | undefined;
  /** The time that the call was given at its start; undefined for a stream without a bound. */
  timeoutMs: number | undefined;
  deadline: Deadline | undefined;
  readonly request: CallRequest;
  readonly progress: CallProgress;
  /** Where the attempt goes; known below the layer that picks. */
  readonly endpoint: Endpoint | undefined;
}

/** Does what is left to do of a call. */
export type Send = (call: OutgoingCall) => Promise<Answer>;

/** What a gate does when the call has its answer, or has failed with an error. */
export type Leave = (error: unknown) => void;

/** A charge that only looks at a call when it comes and when it leaves. Throws to refuse it. */
export interface Gate {
  enter(call: OutgoingCall): Leave | undefined;
}

/** One charge of the client, around those below it. Built once per method. */
export type Layer = Gate | ((next: Send) => Send);

/** One function of layers that read top to bottom, outermost first. Gates that follow each other cost a call no more than one. */
export function layered(layers: readonly Layer[], last: Send): Send {
  let send = last;
  let gates: Gate[] = [];
  for (const layer of layers.toReversed()) {
    if (typeof layer !== "function") gates.unshift(layer);
    else {
      send = layer(gated(gates, send));
      gates = [];
    }
  }
  return gated(gates, send);
}

function gated(gates: readonly Gate[], next: Send): Send {
  if (gates.length === 0) return next;
  return async (call) => {
    const leaves: Leave[] = [];
    try {
      for (const gate of gates) {
        const leave = gate.enter(call);
        if (leave) leaves.push(leave);
      }
      const answer = await next(call);
      leaveAll(leaves, undefined);
      return answer;
    } catch (error) {
      leaveAll(leaves, error);
      throw error;
    }
  };
}

/** The innermost first. What has left does not leave again. */
function leaveAll(leaves: Leave[], error: unknown): void {
  for (let leave = leaves.pop(); leave; leave = leaves.pop()) leave(error);
}
