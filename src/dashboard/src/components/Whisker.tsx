import { memo } from 'react';
import type { Latency } from '../api/types';
import { latency } from '../format/numbers';

const WIDTH = 96;
const HEIGHT = 12;
const LEAST = 0.1;
const MOST = 10_000;

/** Where a latency lies between 0.1 ms and 10 s, on a logarithmic scale. */
export const onScale = (milliseconds: number, width: number): number => {
  const bounded = Math.min(MOST, Math.max(LEAST, milliseconds));
  return (Math.log10(bounded / LEAST) / Math.log10(MOST / LEAST)) * width;
};

/** Latency's spread: a line from p50 to p99 with a knot at p95; every row has the same scale, so that rows compare. */
export const Whisker = memo(function Whisker({ value }: { value: Latency | null }) {
  if (value === null) return <span className="muted">–</span>;
  const [p50, p95, p99] = [value.p50, value.p95, value.p99].map(ms => onScale(ms, WIDTH - 6) + 3) as [number, number, number];
  return (
    <svg className="whisker" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img"
      aria-label={`Latency from ${latency(value.p50)} at p50 to ${latency(value.p99)} at p99`}>
      {[1, 10, 100, 1000].map(tick => <line key={tick} className="w-tick" x1={onScale(tick, WIDTH - 6) + 3} x2={onScale(tick, WIDTH - 6) + 3} y1={2} y2={HEIGHT - 2} />)}
      <line className="w-line" x1={p50} x2={p99} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <circle className="w-p50" cx={p50} cy={HEIGHT / 2} r={2.5} />
      <circle className="w-p95" cx={p95} cy={HEIGHT / 2} r={2.5} />
      <line className="w-p99" x1={p99} x2={p99} y1={2} y2={HEIGHT - 2} />
    </svg>
  );
});
