import type { MethodPolicy } from "@charter/policy";

/** How long a stream lives tells nothing of latency, so its limit adapts only where the contract says so in so many words. */
export function concurrencyOf({ concurrency, kind, provenance }: MethodPolicy): MethodPolicy["concurrency"] {
  if (kind === "unary" || provenance["concurrency.adaptive"] !== "default") return concurrency;
  return { ...concurrency, adaptive: false };
}
