import { Criticality as Declared } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import type { Criticality } from "../method-policy.js";

const NAMES: Record<Declared, Criticality> = {
  [Declared.UNSPECIFIED]: "default",
  [Declared.SHEDDABLE]: "sheddable",
  [Declared.DEFAULT]: "default",
  [Declared.CRITICAL]: "critical",
};

export function compileCriticality(work: Compilation): Criticality {
  return NAMES[work.pick("criticality", (it) => it.criticality || undefined, Declared.DEFAULT)];
}
