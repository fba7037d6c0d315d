import type { DescService } from "@bufbuild/protobuf";
import { compileService } from "@charter/policy";

/**
 * How long the answers to idempotency keys have to be kept for these services: as long as the contract promises for any of their
 * methods, in milliseconds; 0 where none has a key. Throws PolicyError where a contract is wrong.
 */
export function answerRetentionMs(...services: readonly DescService[]): number {
  const retentions = services.flatMap((service) =>
    [...compileService(service).methods.values()].map((policy) => policy.idempotency?.retentionMs ?? 0),
  );
  return Math.max(0, ...retentions);
}
