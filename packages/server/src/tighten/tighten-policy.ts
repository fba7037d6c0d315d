import type { MethodPolicy, RatePolicy } from "@charter/policy";
import type { Tightening } from "./tightening.js";

/** A method's policy as an operator has tightened it. */
export interface Tightened {
  readonly policy: MethodPolicy;
  /** What would have loosened the contract, by the name of the value, e.g. "deadline.maxMs: 9000 is above the contract's 5000". */
  readonly loosened: readonly string[];
}

/** Lays a tightening over what the contract declares. */
export function tightenPolicy(declared: MethodPolicy, wanted: Tightening): Tightened {
  const loosened: string[] = [];
  const lower = <T extends number | undefined>(
    name: string,
    declaredValue: T,
    wantedValue?: number,
  ): T | number => {
    if (wantedValue === undefined) return declaredValue;
    if (declaredValue !== undefined && wantedValue > declaredValue)
      loosened.push(`${name}: ${wantedValue} is above the contract's ${declaredValue}`);
    return wantedValue;
  };
  const { deadline, payload, stream, concurrency } = declared;
  const maxMs = lower("deadline.maxMs", deadline.maxMs, wanted.deadline?.maxMs);
  const { maxInFlight } = concurrency;
  const policy: MethodPolicy = {
    ...declared,
    deadline: { maxMs, defaultMs: Math.min(deadline.defaultMs, maxMs) },
    payload: {
      maxRequestBytes: lower(
        "payload.maxRequestBytes",
        payload.maxRequestBytes,
        wanted.payload?.maxRequestBytes,
      ),
      maxResponseBytes: lower(
        "payload.maxResponseBytes",
        payload.maxResponseBytes,
        wanted.payload?.maxResponseBytes,
      ),
    },
    stream: {
      maxIdleMs: lower("stream.maxIdleMs", stream.maxIdleMs, wanted.stream?.maxIdleMs),
      maxAgeMs: lower("stream.maxAgeMs", stream.maxAgeMs, wanted.stream?.maxAgeMs),
      maxMessages: lower("stream.maxMessages", stream.maxMessages, wanted.stream?.maxMessages),
    },
    concurrency: {
      ...concurrency,
      maxInFlight: lower("concurrency.maxInFlight", maxInFlight, wanted.concurrency?.maxInFlight),
    },
    rate: [...declared.rate, ...(wanted.rate ?? []).map(withBurst)],
  };
  return { policy, loosened: [...loosened, ...loosenedRates(declared.rate, policy.rate)] };
}

function withBurst({
  burst,
  ...rate
}: Omit<RatePolicy, "burst"> & { burst?: number | undefined }): RatePolicy {
  return { ...rate, burst: burst ?? rate.requests };
}

/** The contract's rates go on acting, so a higher one would do nothing; whoever writes it believes that it does. */
function loosenedRates(declared: readonly RatePolicy[], all: readonly RatePolicy[]): string[] {
  return all.slice(declared.length).flatMap((wanted) => {
    const higher = declared.some(
      ({ key, requests, perMs }) => key === wanted.key && wanted.requests / wanted.perMs > requests / perMs,
    );
    return higher
      ? [`rate: ${wanted.requests} per ${wanted.perMs} ms by ${wanted.key} is above the contract's`]
      : [];
  });
}
