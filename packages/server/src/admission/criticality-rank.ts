import type { Criticality } from "@charter/policy";

/** Who is shed first, first. */
export const ranked: readonly Criticality[] = ["sheddable", "default", "critical"];

/** The place in `ranked`: the higher, the later it is shed. */
export function rankOf(criticality: Criticality): number {
  return ranked.indexOf(criticality);
}
