import type { DescMethod } from "@bufbuild/protobuf";
import { MethodMetrics, type Sample } from "@charter/telemetry";

/** The counts of every method that a channel was asked for; as many as its contracts have. */
export class CallMetrics {
  readonly #methods = new Map<string, MethodMetrics>();

  /** The counts of a method. */
  of({ parent, name }: DescMethod): MethodMetrics {
    const key = `${parent.typeName}/${name}`;
    const metrics =
      this.#methods.get(key) ?? new MethodMetrics("client", { service: parent.typeName, method: name });
    this.#methods.set(key, metrics);
    return metrics;
  }

  samples(): Sample[] {
    return [...this.#methods.values()].flatMap((metrics) => [...metrics.samples()]);
  }
}
