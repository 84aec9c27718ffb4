import type { TraceSummary } from '../../api/traces';
import { Badge } from '../../components/Badge';
import { Link, usePlaceTo } from '../../components/Link';
import { latency, plural } from '../../format/numbers';
import { clock } from '../../format/time';

/** A trace in one line: what was asked, how long it took against the longest of the list, and whether it failed. */
export function TraceLine({ trace, longest }: { trace: TraceSummary; longest: number }) {
  const to = usePlaceTo();
  const share = Math.max(1, (trace.durationMicros / Math.max(1, longest)) * 100);
  return (
    <Link className={`trace-line${trace.error ? ' is-failed' : ''}`} to={to('traces', { trace: trace.traceId })}>
      <span className="trace-what"><b>{trace.service ?? '?'}</b> {trace.name}</span>
      <span className="trace-marks">
        {trace.error && <Badge tone="bad">{trace.errors > 1 ? plural(trace.errors, 'error') : 'error'}{trace.failed?.service ? ` in ${trace.failed.service}` : ''}</Badge>}
        {trace.kept === 'slow' && <Badge tone="warn">slow</Badge>}
        {trace.status !== null && <span className="muted">{trace.status}</span>}
      </span>
      <span className="muted trace-spans">{plural(trace.spans, 'span')} · {plural(trace.services.length, 'service')}</span>
      <time className="muted" dateTime={new Date(trace.startMicros / 1000).toISOString()}>{clock(trace.startMicros / 1000)}</time>
      <span className="num trace-time">{latency(trace.durationMicros / 1000)}</span>
      <svg className="trace-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" className="bar-bed" /><rect width={share} height="4" className="bar-fill" /></svg>
    </Link>
  );
}
