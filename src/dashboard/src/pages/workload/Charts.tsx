import { useMemo } from 'react';
import type { HistoryPoint } from '../../api/types';
import type { Line, Mark } from '../../components/chart/chart';
import { TimeChart } from '../../components/chart/TimeChart';
import { align } from '../../components/chart/align';
import { DEFAULT_RANGE, RANGES, useHistory, useRange } from '../../components/chart/range';
import { Switch } from '../../components/Controls';
import { Failure } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { latency, percent, rate } from '../../format/numbers';
import { dateTime } from '../../format/time';
import { useParam } from '../../state/usePlace';

const HOUR = 3600;
const NO_POINTS: readonly HistoryPoint[] = [];

const rpsOf = (point: HistoryPoint) => point.rps;
const failedOf = (point: HistoryPoint) => point.rps * (1 - (point.success ?? 1));
const successOf = (point: HistoryPoint) => point.success;
const p50Of = (point: HistoryPoint) => point.latencyMs?.p50 ?? null;
const p95Of = (point: HistoryPoint) => point.latencyMs?.p95 ?? null;
const p99Of = (point: HistoryPoint) => point.latencyMs?.p99 ?? null;

/** A workload's or service's numbers over time, with those of an hour before to compare. `path` is that of its history. */
export function Charts({ path, marks }: { path: string; marks: readonly Mark[] }) {
  const range = useRange();
  const [named, setNamed] = useParam('range', DEFAULT_RANGE);
  const [compare, setCompare] = useParam('compare');
  const { points = NO_POINTS, error } = useHistory(path, range);
  const past = useHistory(compare ? path : null, range, HOUR).points;
  const times = useMemo(() => points.map(point => point.time), [points]);
  const lines = useMemo(() => linesOf(times, points, compare === '' ? null : past ?? NO_POINTS), [times, points, past, compare]);
  const zoomed = range.from !== null && range.to !== null;
  return (
    <Panel title="Over time" className="charts-panel" aside={(
      <>
        {zoomed
          ? <button type="button" onClick={range.reset}>{dateTime(range.from as number * 1000)} and on · show all</button>
          : <Switch label="Time" value={named} options={RANGES.map(name => [name, name] as const)} onChange={setNamed} />}
        <label className="check"><input type="checkbox" checked={compare !== ''} onChange={event => setCompare(event.target.checked ? '1h' : '')} />compare with an hour ago</label>
      </>
    )}>
      {error && points.length === 0 ? <Failure error={error} /> : (
        <div className="charts">
          <TimeChart title="Requests per second" times={times} lines={lines.traffic} format={rate} onZoom={range.zoom} />
          <TimeChart title="Success" times={times} lines={lines.success} bounds={SUCCESS_BOUNDS} format={percent} tick={wholePercent} onZoom={range.zoom} />
          <TimeChart title="Latency" times={times} lines={lines.latency} marks={marks} format={latency} onZoom={range.zoom} />
        </div>
      )}
      <p className="hint">Drag over a chart to zoom. {marks.length > 0 && 'Dots are traces: click one to open it.'}</p>
    </Panel>
  );
}

function linesOf(times: readonly number[], points: readonly HistoryPoint[], past: readonly HistoryPoint[] | null): Record<'traffic' | 'success' | 'latency', Line[]> {
  const now = (value: (point: HistoryPoint) => number | null) => align(times, points, 0, value);
  const before = (value: (point: HistoryPoint) => number | null): Line[] =>
    (past === null ? [] : [{ label: '1h ago', token: 'past', values: align(times, past, HOUR, value), dashed: true }]);
  return {
    traffic: [{ label: 'requests', token: 'accent', values: now(rpsOf), fill: true }, { label: 'failed', token: 'bad-mark', values: now(failedOf) }, ...before(rpsOf)],
    success: [{ label: 'success', token: 'ok-mark', values: now(successOf) }, ...before(successOf)],
    latency: [{ label: 'p50', token: 'thread', values: now(p50Of) }, { label: 'p95', token: 'warn-mark', values: now(p95Of) }, { label: 'p99', token: 'accent', values: now(p99Of) }, ...before(p99Of)],
  };
}

const wholePercent = (share: number): string => `${Number((share * 100).toFixed(1))}%`;
const SUCCESS_BOUNDS = [null, 1] as const;
