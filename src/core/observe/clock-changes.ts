const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** Clocks are set in the first hours of these days, by the time of the log; in UTC that is noon for some. */
const CHANGE_HOURS = 12;

/**
 * What times without a zone may hide: the hour by which clocks are set in the night of a Sunday (second
 * and last one of March, first one of April, first and last one of September and October, first one of
 * November). Where a span of the log's own time touches such a night, its length is this unsure.
 */
export function hiddenClockChange(from: number, to: number): number {
  for (let day = Math.floor(from / DAY_SECONDS); day * DAY_SECONDS <= to; day += 1) {
    const begins = day * DAY_SECONDS;
    const touches = from < begins + CHANGE_HOURS * HOUR_SECONDS && to >= begins;
    if (touches && isDayOfChange(begins)) return HOUR_SECONDS;
  }
  return 0;
}

function isDayOfChange(at: number): boolean {
  // 1970 began on a Thursday.
  if ((Math.floor(at / DAY_SECONDS) + 4) % 7 !== 0) return false;
  const date = new Date(at * 1000);
  const day = date.getUTCDate();
  const last = day > 23;
  switch (date.getUTCMonth() + 1) {
    case 3:
      return last || (day > 7 && day <= 14);
    case 9:
    case 10:
      return last || day <= 7;
    case 4:
    case 11:
      return day <= 7;
    default:
      return false;
  }
}
