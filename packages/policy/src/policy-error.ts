/** One thing that is wrong with the options of a method. */
export interface PolicyProblem {
  /** The method's path on the wire. */
  readonly procedure: string;
  /** The option at fault, as it is written in the .proto, e.g. "deadline.default_ms". */
  readonly option: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** The contract contradicts itself or lacks something that must be said. Lists every problem, not only the first. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map((it) => `${it.procedure}: ${it.option}: ${it.message}`).join("\n"));
    this.problems = problems;
  }
}
