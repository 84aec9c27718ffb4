import type { HistoryList, HistoryPoint } from '../../api/types';

/** Values of points, in the order of `times`; null where there is none. */
export function align(times: readonly number[], points: readonly HistoryPoint[], shift: number, value: (point: HistoryPoint) => number | null): (number | null)[] {
  const known = new Map(points.map(point => [point.time + shift, value(point)]));
  if (shift === 0) return times.map(time => known.get(time) ?? null);
  // The past may have another step; the nearest value before within a step stands for it.
  const sorted = [...known.keys()].sort((a, b) => a - b);
  const step = (sorted[1] ?? 0) - (sorted[0] ?? 0);
  let index = 0;
  return times.map(time => {
    while (index + 1 < sorted.length && (sorted[index + 1] as number) <= time) index++;
    const at = sorted[index];
    return at !== undefined && at <= time && time - at < Math.max(step, 10) ? known.get(at) ?? null : null;
  });
}

/** The end of the last whole step before `now`: what still fills would look like a dip. Steps are those that the server chooses. */
export function lastStep(now: number, seconds: number): number {
  const step = Math.max(10, Math.ceil(seconds / 3600) * 10);
  return Math.floor(now / step) * step;
}

/** The points of an item that all proxies have reported: one that still grows would look like a dip. */
export function wholePoints(list: HistoryList, points: readonly HistoryPoint[]): readonly HistoryPoint[] {
  const until = list.completeUntil ?? Infinity;
  let count = points.length;
  while (count > 0 && (points[count - 1] as HistoryPoint).time + list.step > until) count--;
  return count === points.length ? points : points.slice(0, count);
}
