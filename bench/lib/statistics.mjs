export const median = (numbers) => quantile(numbers, 0.5);

/** The smallest of the numbers that `share` of them do not exceed; of an even count's middle the mean. NaN of none. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  if (share === 0.5 && sorted.length % 2 === 0 && sorted.length > 0)
    return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
