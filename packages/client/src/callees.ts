import type { DescService } from "@bufbuild/protobuf";
import type { Logger } from "@charter/telemetry";
import { Callee, type Protocol, type Target } from "./callee.js";

/** What callees are made of. */
export interface CalleesOptions {
  readonly targets: Readonly<Record<string, Target>>;
  readonly protocol?: Protocol;
  readonly log?: Logger;
}

/** The callees of a channel, one per address. */
export class Callees {
  readonly #byPrefix: ReadonlyMap<string, Callee>;
  readonly #prefixes: readonly string[];

  constructor({ targets, protocol = "grpc", log }: CalleesOptions) {
    const byUrl = new Map<string, Callee>();
    const calleeOf = (target: Target) => {
      const key = `${target.url} ${target.audience}`;
      const callee = byUrl.get(key) ?? new Callee(target, protocol, log);
      byUrl.set(key, callee);
      return callee;
    };
    this.#byPrefix = new Map(Object.entries(targets).map(([prefix, target]) => [prefix, calleeOf(target)]));
    this.#prefixes = Object.keys(targets).toSorted((a, b) => b.length - a.length);
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
    for (const callee of this.#byPrefix.values()) callee.close();
  }
}
