/** One run of a step or of its compensation. */
export interface StepRun {
  readonly saga: string;
  readonly sagaId: string;
  readonly step: string;
  readonly direction: "forward" | "backward";
  /** 1 for the first. */
  readonly attempt: number;
  /** What `enqueueSaga` was given; undefined when nothing. */
  readonly trace: string | undefined;
}

/** Put around every run of a step, for example to go on with the trace of the call that began the saga. Must call `run` once. */
export type StepAround = (step: StepRun, run: () => Promise<void>) => Promise<void>;
