const NOTHING = "–";

/** A rate, with as many digits as matter. */
export function rateText(perSecond: number): string {
  if (perSecond === 0) return "0";
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toString();
}

/** A share as a percentage. */
export function shareText(share: number | undefined): string {
  if (share === undefined) return NOTHING;
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** A duration in the unit that suits it. */
export function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return NOTHING;
  if (seconds >= 1) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const ms = seconds * 1_000;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Memory in MB. */
export function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? NOTHING : `${Math.round(bytes / 1e6)} MB`;
}

/** A count that may be unknown. */
export function countText(count: number | undefined): string {
  return count === undefined ? NOTHING : String(Math.round(count));
}
