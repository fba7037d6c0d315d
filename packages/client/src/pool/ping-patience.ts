import { MAX_ENDPOINTS } from "../resolver/resolver.js";
import type { KeepaliveTiming } from "./keepalive.js";

/** As gRFC A8 has it, a peer that calls it too many pings is pinged half as often from then on. */
export class PingPatience {
  readonly #timing: KeepaliveTiming;
  readonly #factors = new Map<string, number>();

  constructor(timing: KeepaliveTiming) {
    this.#timing = timing;
  }

  /** When to ping the peer at an origin. */
  timingFor(origin: string): KeepaliveTiming {
    const { pingAfterMs, pingTimeoutMs } = this.#timing;
    return { pingAfterMs: pingAfterMs * (this.#factors.get(origin) ?? 1), pingTimeoutMs };
  }

  /** Looks at a GOAWAY of that origin. */
  heard(origin: string, isEnhanceYourCalm: boolean, debugData: string): void {
    if (!isEnhanceYourCalm || debugData !== "too_many_pings" || this.#factors.size >= MAX_ENDPOINTS) return;
    this.#factors.set(origin, 2 * (this.#factors.get(origin) ?? 1));
  }
}
