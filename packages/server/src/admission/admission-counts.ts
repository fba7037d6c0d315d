import type { Criticality } from "@charter/policy";
import type { Shed } from "./waiting-line.js";

/** All causes, in the order in which they are shown. */
export const shedCauses = ["queue_full", "queue_time", "loop_delay"] as const satisfies readonly Shed[];

/** How many calls of one criticality were refused, by cause. */
export type ShedCounts = Readonly<Record<(typeof shedCauses)[number], number>>;

/** What has been let in and refused at one method since the start. */
export class AdmissionCounts {
  admitted = 0;
  readonly #shed = {
    sheddable: { queue_full: 0, queue_time: 0, loop_delay: 0 },
    default: { queue_full: 0, queue_time: 0, loop_delay: 0 },
    critical: { queue_full: 0, queue_time: 0, loop_delay: 0 },
  };

  shed(criticality: Criticality, cause: Shed): void {
    this.#shed[criticality][cause] += 1;
  }

  get byCriticality(): Readonly<Record<Criticality, ShedCounts>> {
    return this.#shed;
  }
}
