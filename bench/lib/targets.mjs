// What is to be reached, and whether it was. `results` answers the median of a measure, or throws NotMeasured.

export class NotMeasured extends Error {}

const TIMES = "×";

/** The measure of Charter is at least `least` times that of a peer, of each round. */
export const atLeastTimes = (least, peer, measure) => ({
  says: (labels) => `≥ ${least} ${TIMES} ${labels(peer)}`,
  value: (results) => results.ratio("charter", peer, measure),
  shows: (value) => `${value.toFixed(2)} ${TIMES}`,
  least,
});

/** The measure of Charter is at most `most` times that of a peer, of each round. */
export const atMostTimes = (most, peer, measure) => ({
  says: (labels) => `≤ ${most} ${TIMES} ${labels(peer)}`,
  value: (results) => results.ratio("charter", peer, measure),
  shows: (value) => `${value.toFixed(3)} ${TIMES}`,
  most,
});

/** A target with the outcome of a run: "met", "missed by 12 %", "missed by a factor of 2.5", or why it was not measured. */
export function judge(target, results) {
  const says = target.says(results.label);
  try {
    const value = target.value(results);
    if (!Number.isFinite(value)) throw new NotMeasured("no figure");
    return { says, reached: target.shows(value), verdict: verdictOf(target, value) };
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return { says, reached: "–", verdict: `not measured: ${error.message}` };
  }
}

function verdictOf({ least, most }, value) {
  const missing = least === undefined ? value / most - 1 : 1 - value / least;
  if (missing <= 0) return "met";
  const factor = least === undefined ? value / most : least / value;
  if (factor >= 2) return `missed by a factor of ${factor.toFixed(1)}`;
  return `missed by ${Math.max(1, Math.round(missing * 100))} %`;
}
