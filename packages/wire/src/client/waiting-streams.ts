import type { Stream } from "../connection/stream.js";
import type { EncodedField } from "../hpack/encoder.js";
import type { RequestTemplate } from "./request-template.js";

/** A request that waits until the server takes one more stream. */
export interface WaitingRequest {
  readonly stream: Stream;
  readonly template: RequestTemplate;
  readonly extra: readonly EncodedField[];
  readonly endStream: boolean;
}

/** Requests that wait for their turn, first come first served, in a bounded number. */
export class WaitingStreams {
  readonly #requests = new Map<Stream, WaitingRequest>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#requests.size;
  }

  /** False when as many wait as may. */
  add(request: WaitingRequest): boolean {
    if (this.#requests.size >= this.#most) return false;
    this.#requests.set(request.stream, request);
    return true;
  }

  /** Takes out the one that has waited longest. */
  next(): WaitingRequest | undefined {
    for (const request of this.#requests.values()) {
      this.#requests.delete(request.stream);
      return request;
    }
    return undefined;
  }

  delete(stream: Stream): void {
    this.#requests.delete(stream);
  }
}
