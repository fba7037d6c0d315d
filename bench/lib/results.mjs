import { median } from "./statistics.mjs";
import { NotMeasured } from "./targets.mjs";

/** What the rounds of one workload gave: for each contender one sample a round. */
export class Results {
  #samples = new Map();
  #skipped = new Map();
  #labels;

  /** @param contenders all that the workload has, also those that are left out */
  constructor(contenders) {
    this.#labels = new Map(contenders.map(({ name, label }) => [name, label]));
  }

  add({ name }, sample) {
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), sample]);
  }

  skip({ name }, reason) {
    this.#skipped.set(name, reason);
  }

  get measured() {
    return [...this.#samples.keys()];
  }

  get skipped() {
    return [...this.#skipped].map(([name, reason]) => ({ label: this.label(name), reason }));
  }

  label = (name) => this.#labels.get(name) ?? name;

  /** All rounds of one measure. Throws NotMeasured. */
  rounds(name, measure) {
    const samples = this.#samples.get(name);
    if (!samples) throw new NotMeasured(this.#skipped.get(name) ?? `${this.label(name)} was left out`);
    return samples.map((it) => it[measure]);
  }

  median = (name, measure) => median(this.rounds(name, measure));

  /** The median of the ratios of each round: what disturbs a round disturbs both. */
  ratio(name, base, measure) {
    const bases = this.rounds(base, measure);
    return median(this.rounds(name, measure).map((value, round) => value / bases[round]));
  }

  /** Largest minus smallest round, as a share of the median; 0 where all are equal. */
  spread(name, measure) {
    const rounds = this.rounds(name, measure);
    const width = Math.max(...rounds) - Math.min(...rounds);
    return width === 0 ? 0 : width / median(rounds);
  }
}
