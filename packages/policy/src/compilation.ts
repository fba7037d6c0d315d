import type { DescMethod } from "@bufbuild/protobuf";
import type { Policy } from "@charter/contract/charter/v1/options_pb.js";
import type { Layer, OptionLayer } from "./layers.js";
import type { PolicyProblem } from "./policy-error.js";

/** The work on one method: reads its options from the nearest layer that has them, notes whence, and gathers problems. */
export class Compilation {
  readonly method: DescMethod;
  readonly procedure: string;
  readonly problems: PolicyProblem[] = [];
  readonly provenance: Record<string, Layer> = {};
  readonly #layers: readonly OptionLayer[];

  constructor(method: DescMethod, layers: readonly OptionLayer[]) {
    this.method = method;
    this.procedure = `/${method.parent.typeName}/${method.name}`;
    this.#layers = layers;
  }

  /** The nearest value that `read` finds, or undefined. `path` is the value's place in the MethodPolicy. */
  find<T>(path: string, read: (policy: Policy) => T | undefined): T | undefined {
    for (const { layer, policy } of this.#layers) {
      const value = read(policy);
      if (value === undefined) continue;
      this.provenance[path] = layer;
      return value;
    }
    return undefined;
  }

  /** The nearest value that `read` finds, or the built-in default. */
  pick<T>(path: string, read: (policy: Policy) => T | undefined, builtIn: T): T {
    const value = this.find(path, read);
    if (value !== undefined) return value;
    this.provenance[path] = "default";
    return builtIn;
  }

  /** Notes what is wrong with an option unless `holds`. */
  require(holds: boolean, option: string, message: string): void {
    if (!holds) this.problem(option, message);
  }

  problem(option: string, message: string): void {
    this.problems.push({ procedure: this.procedure, option, message });
  }
}
