/** A saga that this worker holds. */
export interface SagaRecord {
  readonly id: string;
  readonly name: string;
  readonly state: unknown;
  readonly direction: "forward" | "backward";
  /** Name of the step that is to be run, or compensated. */
  readonly step: string;
  /** Of this step in this direction; 1 for the first. */
  readonly attempt: number;
  /** Whether the pivot's transaction was committed. */
  readonly pivoted: boolean;
  /** Fencing token: every transition and every claim draws a higher one, and a write with a lower one is refused. */
  readonly fence: bigint;
  readonly createdAt: Date;
  /** What goes with its steps; null for nothing. */
  readonly trace: string | null;
}

/** Where a saga goes after an attempt. */
export type Transition =
  | {
      readonly kind: "step";
      readonly direction: "forward" | "backward";
      readonly step: string;
      readonly reason?: string;
    }
  | { readonly kind: "retry"; readonly delayMs: number; readonly stuck: boolean; readonly reason: string }
  | { readonly kind: "end"; readonly outcome: "completed" | "compensated"; readonly reason?: string };
