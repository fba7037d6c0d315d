import type { DescService } from "@bufbuild/protobuf";
import { Callee, type CalleeOptions } from "./callee/callee.js";
import type { Lookup } from "./resolver/dns-resolver.js";
import { resolverOf } from "./resolver/resolver-of.js";
import type { Target } from "./target.js";

/** What callees are made of. */
export interface CalleesOptions extends Omit<CalleeOptions, "name" | "resolver"> {
  readonly targets: Readonly<Record<string, Target>>;
  readonly lookup?: Lookup;
}

/** The callees of a channel, one per target. */
export class Callees {
  readonly #byPrefix: ReadonlyMap<string, Callee>;
  readonly #prefixes: readonly string[];

  /** @throws TypeError when a target's `url` is none */
  constructor({ targets, lookup, ...shared }: CalleesOptions) {
    const { clock, tuning } = shared;
    const context = { clock, dnsRefreshMs: tuning.dnsRefreshMs, ...(lookup && { lookup }) };
    const known = new Map<unknown, Callee>();
    const calleeOf = ({ url, audience }: Target) => {
      const key = typeof url === "string" ? `${url} ${audience}` : url;
      const callee =
        known.get(key) ?? new Callee({ ...shared, name: audience, resolver: resolverOf(url, context) });
      known.set(key, callee);
      return callee;
    };
    this.#byPrefix = new Map(Object.entries(targets).map(([prefix, target]) => [prefix, calleeOf(target)]));
    this.#prefixes = Object.keys(targets).toSorted((a, b) => b.length - a.length);
  }

  get all(): readonly Callee[] {
    return [...new Set(this.#byPrefix.values())];
  }

  /** The callee that serves a service. @throws TypeError when no target covers it. */
  of({ typeName }: DescService): Callee {
    const prefix = this.#prefixes.find((candidate) => `${typeName}.`.startsWith(`${candidate}.`));
    const callee = prefix === undefined ? undefined : this.#byPrefix.get(prefix);
    if (callee) return callee;
    throw new TypeError(`no target covers ${typeName}; there are: ${this.#prefixes.join(", ") || "none"}`);
  }

  /** Ends every connection and all calls on them. */
  close(): void {
    for (const callee of this.all) callee.close();
  }
}
