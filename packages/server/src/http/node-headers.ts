import type { IncomingHttpHeaders } from "node:http";
import { LazyHeaders } from "./lazy-headers.js";

/** The headers of a request of node:http. */
export class NodeHeaders extends LazyHeaders {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    super();
    this.#headers = headers;
  }

  protected override find(name: string): string | null {
    const value = this.#headers[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === "string" ? value : this.full.get(name);
  }

  protected override collect(): Headers {
    return headersOf(this.#headers);
  }
}

/** @throws TypeError for what RFC 9110 does not allow in a name or value */
export function headersOf(headers: IncomingHttpHeaders): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) result.append(name, each);
  }
  return result;
}
