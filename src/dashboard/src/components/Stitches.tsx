import { memo } from 'react';
import type { HistoryPoint } from '../api/types';
import { percent, rate } from '../format/numbers';
import { health } from '../format/health';

const HEIGHT = 22;
const PITCH = 3;
const WIDTH = 2;

/**
 * Traffic of the last minutes as a row of stitches: height is requests per second (against the row's own maximum), colour is
 * success. One glance tells load and failure together.
 */
export const Stitches = memo(function Stitches({ points, count = 45 }: { points: readonly HistoryPoint[] | undefined; count?: number }) {
  const shown = (points ?? []).slice(-count);
  const most = shown.reduce((max, point) => Math.max(max, point.rps), 0);
  const last = shown.at(-1);
  const label = last === undefined ? 'No history yet' : `Last minutes: up to ${rate(most)} requests a second, now ${rate(last.rps)}, success ${percent(last.success)}`;
  return (
    <svg className="stitches" width={count * PITCH} height={HEIGHT} viewBox={`0 0 ${count * PITCH} ${HEIGHT}`} role="img" aria-label={label}>
      {Array.from({ length: count - shown.length }, (_, index) => (
        <rect key={`none${index}`} className="s-idle" x={index * PITCH} y={HEIGHT - 1} width={WIDTH} height={1} />
      ))}
      {shown.map((point, index) => {
        const height = most === 0 || point.requests === 0 ? 1 : Math.max(2, (point.rps / most) * HEIGHT);
        return <rect key={point.time} className={`s-${health(point.success, point.requests)}`} x={(count - shown.length + index) * PITCH} y={HEIGHT - height} width={WIDTH} height={height} />;
      })}
    </svg>
  );
});
