import { errorReason, outcomeOf } from "@charter/client";

/**
 * The reason for which a service of this package has refused for good; undefined where the call failed otherwise, so that
 * trying again may help or its effect is not known.
 */
export function refusalOf(error: unknown, domain: string): string | undefined {
  const reason = errorReason(error);
  return reason?.domain === domain && outcomeOf(error) === "refused" ? reason.reason : undefined;
}
