import { useMemo } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { TraceList, TraceSummary } from '../../api/traces';
import type { Mark } from '../../components/chart/chart';
import { useRange } from '../../components/chart/range';
import { Empty, Failure } from '../../components/Notice';
import { Link, usePlaceTo } from '../../components/Link';
import { Panel } from '../../components/Panel';
import { TraceLine } from '../traces/TraceLine';
import { placeFrom } from '../../state/location';
import { go, here } from '../../state/usePlace';
import { usePolled, type Polled } from '../../state/usePolled';

const EVERY = 10_000;
const MARKS = 300;
const LISTED = 8;

/** The newest traces of a service in the time that the charts show. */
export function useTracesInRange(namespace: string, service: string): Polled<TraceList> {
  const range = useRange();
  const key = `${namespace}/${service} ${range.seconds} ${range.from} ${range.to}`;
  return usePolled<TraceList>(key, EVERY, () => {
    const iso = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1000).toISOString());
    const since = range.from === null ? `${range.seconds}s` : iso(range.from);
    return `/api/insight/${withQuery(`${inNamespace(namespace)}traces`, { service, since, until: iso(range.to), limit: MARKS })}`;
  });
}

/** Traces as dots over the latency chart. */
export function useMarks(traces: TraceList | undefined): readonly Mark[] {
  return useMemo(() => (traces?.items ?? []).map(trace => ({
    time: trace.startMicros / 1e6, value: trace.durationMicros / 1000, bad: trace.error,
    open: () => go(placeFrom(here(), 'traces', { trace: trace.traceId })),
  })), [traces]);
}

export function RecentTraces({ traces, service, namespace }: { traces: Polled<TraceList>; service: string; namespace: string }) {
  const to = usePlaceTo();
  const shown = pick(traces.data?.items ?? []);
  return (
    <Panel title="Traces" aside={<Link to={to('traces', { service, namespace })}>search all</Link>}>
      {traces.error && !traces.data ? <Failure error={traces.error} retry={traces.reload} /> : shown.length === 0
        ? <Empty title="No traces in this time">One request in a hundred is traced unless Telemetry says otherwise; failed and slow ones are kept beside them.</Empty>
        : <ul className="trace-list">{shown.map(trace => <li key={trace.traceId}><TraceLine trace={trace} longest={Math.max(...shown.map(other => other.durationMicros))} /></li>)}</ul>}
    </Panel>
  );
}

/** Failed ones first, then the slowest. */
function pick(traces: readonly TraceSummary[]): TraceSummary[] {
  return [...traces].sort((a, b) => Number(b.error) - Number(a.error) || b.durationMicros - a.durationMicros).slice(0, LISTED);
}
