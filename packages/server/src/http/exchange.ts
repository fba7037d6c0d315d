import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";

/** What listeners need, whatever they serve. */
export interface Serving {
  /** Answers a sound request, whatever it came over. */
  answer(exchange: Exchange): Promise<HttpAnswer>;
  readonly lifecycle: { readonly draining: boolean };
  readonly log: Logger;
  readonly clock: Clock;
  /** Proxies in front whose x-forwarded-for is believed. */
  readonly trustedProxies: number;
}

/** One HTTP request, whatever its version, after its line and headers were found sound. */
export interface Exchange {
  /** "1.0", "1.1" or "2.0". */
  readonly httpVersion: string;
  readonly method: string;
  /** Host and port as the caller names them. */
  readonly authority: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: Headers;
  /** The body as it arrives. Nothing is read before it is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The caller's address, proxies that are trusted left out. */
  readonly address: string;
  /** Resolves when the exchange is over; to false when the caller went away before the answer was complete. */
  readonly closed: Promise<boolean>;
}

/** What goes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: Headers;
  /** Absent for an answer without a body. */
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array;
  /** Whether it goes to many callers and never changes, so that what is made of it for the wire can be kept. */
  readonly isShared?: boolean;
  /** Read after the body has ended. */
  readonly trailer?: () => Headers;
}

/** A JSON document as an answer. */
export function jsonAnswer(status: number, document: unknown): HttpAnswer {
  return {
    status,
    header: new Headers({ "content-type": "application/json", "cache-control": "no-store" }),
    body: new TextEncoder().encode(JSON.stringify(document)),
  };
}
