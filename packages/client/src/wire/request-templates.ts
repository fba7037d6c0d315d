import { type EncodedField, RequestTemplate } from "@charter/wire";

/** More paths than a callee has methods. */
const MAX_TEMPLATES = 1_024;

/** What the requests to one origin begin with, encoded once for each path and connection. */
export class RequestTemplates {
  readonly #origin: URL;
  readonly #templates = new Map<string, RequestTemplate>();

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /** The template of requests that have nothing else in common. */
  of(method: string, path: string): RequestTemplate {
    const key = `${method} ${path}`;
    const known = this.#templates.get(key);
    if (known) return known;
    const [oldest] = this.#templates.keys();
    if (this.#templates.size >= MAX_TEMPLATES && oldest !== undefined) this.#templates.delete(oldest);
    const made = this.make(method, path, []);
    this.#templates.set(key, made);
    return made;
  }

  /** A template of its own for requests that all have these fields. */
  make(method: string, path: string, fields: readonly EncodedField[]): RequestTemplate {
    const { protocol, host } = this.#origin;
    return new RequestTemplate([
      { name: ":method", value: method },
      { name: ":scheme", value: protocol.slice(0, -1) },
      { name: ":authority", value: host, representation: "index" },
      { name: ":path", value: path },
      ...fields,
    ]);
  }
}
