import { useMemo } from 'react';
import { withQuery } from '../../api/client';
import type { HistoryList, HistoryPoint } from '../../api/types';
import { windowSeconds } from '../../format/time';
import { lastStep, wholePoints } from './align';
import { usePolled } from '../../state/usePolled';
import { go, here, useParam } from '../../state/usePlace';
import { placeWith } from '../../state/location';

export const DEFAULT_RANGE = '15m';
export const RANGES = ['15m', '1h', '6h', '1d', '7d'] as const;

/** Milliseconds between two questions for a history that reaches to now. */
const EVERY = 10_000;

/** Which time the charts show: the last while, or what was brushed. */
export interface Range { seconds: number; from: number | null; to: number | null; zoom(from: number, to: number): void; reset(): void }

export function useRange(): Range {
  const [range] = useParam('range', DEFAULT_RANGE);
  const [from] = useParam('from');
  const [to] = useParam('to');
  const known = windowSeconds(range);
  return {
    seconds: Number.isNaN(known) ? 900 : known,
    from: from === '' ? null : Number(from),
    to: to === '' ? null : Number(to),
    zoom: (first, last) => go(placeWith(here(), { from: String(first), to: String(Math.max(last, first + 30)) })),
    reset: () => go(placeWith(here(), { from: null, to: null })),
  };
}

/** The history of one thing in the range, moved back by `shift` seconds. */
export function useHistory(path: string | null, range: Range, shift = 0): { points: readonly HistoryPoint[] | undefined; error: ReturnType<typeof usePolled>['error'] } {
  const fixed = range.from !== null && range.to !== null;
  const key = path && `${path} ${range.seconds} ${range.from} ${range.to} ${shift}`;
  const answer = usePolled<HistoryList>(key, EVERY, () => {
    const end = (fixed ? range.to as number : lastStep(Date.now() / 1000, range.seconds)) - shift;
    const start = fixed ? (range.from as number) - shift : end - range.seconds;
    return `/api/insight/${withQuery(path as string, { start, end })}`;
  });
  const points = useMemo(() => {
    const item = answer.data?.items[0];
    return answer.data && item && wholePoints(answer.data, item.points);
  }, [answer.data]);
  return { points, error: answer.error };
}
