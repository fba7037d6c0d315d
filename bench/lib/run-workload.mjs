import { buildGo } from "./go.mjs";
import { Results } from "./results.mjs";
import { missing } from "./tools.mjs";

/** Two cores at least, and what binds a process to one of them. */
const ALWAYS_NEEDED = ["taskset"];

/**
 * Measures a workload: in each round every contender once, in turn. Answers its results, with `skipped` when it cannot be measured here and
 * `invalid` when a contender failed: then nothing of it counts.
 */
export async function runWorkload(workload, settings, progress) {
  const results = new Results(workload.contenders);
  const skipped = firstMissing([...ALWAYS_NEEDED, ...workload.needs]);
  if (skipped) {
    progress(`${workload.name}: skipped, ${skipped}`);
    return { workload, results, skipped };
  }
  const contenders = chosen(workload.contenders, settings.peers).filter((it) => isReady(it, results));
  for (const { label, reason } of results.skipped) progress(`${workload.name}, ${label}: skipped, ${reason}`);
  return { workload, results, ...(await runRounds(workload, contenders, settings, { results, progress })) };
}

/** Answers `invalid` with the reason when a contender failed. What the workload has opened is closed. */
export async function runRounds(workload, contenders, settings, { results, progress }) {
  let doing = `${workload.name}, before round 1`;
  let opened;
  try {
    opened = await workload.open?.(settings);
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const contender of contenders) {
        doing = `${workload.name}, round ${round}, ${contender.label}`;
        const sample = await workload.measure(contender, settings, opened);
        results.add(contender, sample);
        progress(`${doing}: ${sampleText(workload, sample)}`);
      }
    }
    return {};
  } catch (error) {
    progress(`${doing}: INVALID\n${error.stack}`);
    return { invalid: `${doing}: ${error.message.split("\n", 1)[0]}` };
  } finally {
    await opened?.close();
  }
}

const sampleText = ({ measures }, sample) =>
  measures.map(({ key, label, digits }) => `${label}: ${sample[key].toFixed(digits)}`).join("; ");

/** Charter stands in every comparison. */
const chosen = (contenders, names) =>
  contenders.filter(({ name }) => !names || name === "charter" || names.includes(name));

function isReady(contender, results) {
  const reason = firstMissing(contender.needs) ?? (contender.goModule && buildGo(contender.goModule));
  if (reason) results.skip(contender, reason);
  return !reason;
}

function firstMissing(commands) {
  return commands.map(missing).find((reason) => reason !== undefined);
}
