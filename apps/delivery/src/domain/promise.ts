import { dayMs, hourMs, type TimeSpan } from "./time-span.js";

/** Orders until then leave on the same working day. UTC, as every hour in this folder. */
const cutOffHour = 15;
const firstDeliveryHour = 8;
const lastDeliveryHour = 18;
const saturday = 6;
const sunday = 0;

/** When a parcel that is ordered at `orderedAtMs` arrives, `transitDays` working days after it leaves. */
export function promiseFor(
  orderedAtMs: number,
  transitDays: readonly [first: number, last: number],
): TimeSpan {
  const dispatchDay = dispatchDayOf(orderedAtMs);
  return {
    startsAtMs: addWorkingDays(dispatchDay, transitDays[0]) + firstDeliveryHour * hourMs,
    endsAtMs: addWorkingDays(dispatchDay, transitDays[1]) + lastDeliveryHour * hourMs,
  };
}

/** Midnight (UTC) of the day that a moment lies in. */
export function startOfDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

function dispatchDayOf(orderedAtMs: number): number {
  const today = startOfDay(orderedAtMs);
  const leavesToday = isWorkingDay(today) && orderedAtMs - today < cutOffHour * hourMs;
  return leavesToday ? today : addWorkingDays(today, 1);
}

function addWorkingDays(fromDay: number, days: number): number {
  let day = fromDay;
  for (let left = days; left > 0; ) {
    day += dayMs;
    if (isWorkingDay(day)) left -= 1;
  }
  return day;
}

function isWorkingDay(day: number): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday !== saturday && weekday !== sunday;
}
