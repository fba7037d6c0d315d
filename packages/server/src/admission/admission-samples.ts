import type { Sample } from "@charter/telemetry";
import type { Load, MethodLoad } from "./admission.js";
import { shedCauses } from "./admission-counts.js";
import { ranked } from "./criticality-rank.js";

/** The series of a server's admission. A method has some once it was called. */
export function* admissionSamples({ waitingForTurn, methods }: Load): Iterable<Sample> {
  yield {
    name: "rpc_server_waiting_for_turn",
    help: "Calls that wait for the event loop to have time for them.",
    kind: "gauge",
    value: waitingForTurn,
  };
  for (const method of methods) yield* samplesOf(method);
}

function* samplesOf({ procedure, limit, queued, admitted, shed }: MethodLoad): Iterable<Sample> {
  const [, service = "", method = ""] = procedure.split("/");
  const labels = { service, method };
  const sample = (
    kind: "gauge" | "counter",
    name: string,
    help: string,
    value: number,
    more = {},
  ): Sample => ({
    name: `rpc_server_${name}`,
    help,
    kind,
    value,
    labels: { ...labels, ...more },
  });
  yield sample("gauge", "concurrency_limit", "Calls that may be in flight now.", limit);
  yield sample("gauge", "queued", "Calls that wait for a slot.", queued);
  yield sample("counter", "admitted_total", "Calls that were let in.", admitted);
  for (const criticality of ranked)
    for (const cause of shedCauses) {
      const value = shed[criticality][cause];
      const help = "Calls that were refused for load, by criticality and cause.";
      if (value > 0) yield sample("counter", "shed_total", help, value, { criticality, cause });
    }
}
