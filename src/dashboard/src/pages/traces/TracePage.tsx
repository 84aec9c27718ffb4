import { useMemo, useState, type CSSProperties } from 'react';
import type { Trace } from '../../api/traces';
import { Badge } from '../../components/Badge';
import { Command } from '../../components/Command';
import { useNamespace } from '../../components/Controls';
import { Icon } from '../../components/Icon';
import { Link } from '../../components/Link';
import { Failure, Loading } from '../../components/Notice';
import { PageHead, Panel } from '../../components/Panel';
import { command } from '../../format/command';
import { latency, plural } from '../../format/numbers';
import { dateTime } from '../../format/time';
import { placeWith } from '../../state/location';
import { useParam, usePlace } from '../../state/usePlace';
import { usePolled } from '../../state/usePolled';
import { SpanDetails } from './SpanDetails';
import { barsOf, type Bar } from './waterfall';

const EVERY = 15_000;
const TICKS = [0, 25, 50, 75, 100];

/** One trace as a waterfall. */
export default function TracePage({ id }: { id: string }) {
  const place = usePlace();
  const namespace = useNamespace();
  const { data: trace, error, reload } = usePolled<Trace>(`/api/insight/traces/${encodeURIComponent(id)}`, EVERY);
  return (
    <>
      <p className="back"><Link to={placeWith(place, { trace: null, span: null })}>← all traces</Link></p>
      {error && !trace ? <Failure error={error} retry={reload} /> : trace === undefined ? <Loading what="the trace" /> : <Shown trace={trace} />}
      <Command text={command(['trace', id], namespace === '' ? {} : { '-n': namespace })} />
    </>
  );
}

function Shown({ trace }: { trace: Trace }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, choose] = useParam('span');
  const bars = useMemo(() => barsOf(trace, closed), [trace, closed]);
  const span = trace.spans.find(candidate => candidate.spanId === chosen);
  const toggle = (id: string) => setClosed(previous => new Set(previous.has(id) ? [...previous].filter(other => other !== id) : [...previous, id]));
  return (
    <>
      <PageHead title={`${trace.service ?? '?'} ${trace.name}`} kicker={`${dateTime(trace.startMicros / 1000)} · ${latency(trace.durationMicros / 1000)} · ${plural(trace.spans.length, 'span')} · ${plural(trace.services.length, 'service')} · kept as ${trace.kept}`}>
        {trace.error && <Badge tone="bad">{plural(trace.errors, 'error')}</Badge>}
        {!trace.complete && <Badge tone="warn">{trace.kept === 'error' ? 'not sampled: only what failed is known' : trace.kept === 'slow' ? 'not sampled: only what was slow is known' : 'its beginning is missing'}</Badge>}
      </PageHead>
      <Panel title="Waterfall" aside={<span className="mono">{trace.traceId}</span>}>
        <div className="waterfall-scroll" tabIndex={0} role="region" aria-label="Spans">
          <div className="waterfall-axis" aria-hidden="true"><span /><span className="axis">{TICKS.map(tick => <span key={tick}>{latency((trace.durationMicros * tick) / 100 / 1000)}</span>)}</span></div>
          <ol className="waterfall">{bars.filter(bar => !bar.hidden).map(bar => <Row key={bar.span.spanId} bar={bar} open={!closed.has(bar.span.spanId)} chosen={bar.span.spanId === chosen} onToggle={toggle} onChoose={choose} />)}</ol>
        </div>
      </Panel>
      {span && <SpanDetails span={span} begin={trace.startMicros} />}
    </>
  );
}

interface RowProps { bar: Bar; open: boolean; chosen: boolean; onToggle(id: string): void; onChoose(id: string): void }

function Row({ bar, open, chosen, onToggle, onChoose }: RowProps) {
  const { span } = bar;
  return (
    <li className={`span${span.error ? ' is-failed' : ''}${chosen ? ' is-chosen' : ''}${bar.critical ? ' is-critical' : ''}`}>
      <span className="span-name" style={{ '--depth': Math.min(bar.depth, 12) } as CSSProperties}>
        {bar.children > 0
          ? <button type="button" className="quiet tap-toggle" aria-expanded={open} aria-label={`${open ? 'Hide' : 'Show'} what ${span.service ?? 'it'} called`} onClick={() => onToggle(span.spanId)}><Icon name="right" size={12} /></button>
          : <span className="span-leaf" />}
        <button type="button" className="span-choose" aria-pressed={chosen} onClick={() => onChoose(chosen ? '' : span.spanId)}>
          <b>{span.service ?? '?'}</b> <span className="muted">{span.source === 'application' ? 'app' : span.source === 'inbound' ? 'in' : 'out'}</span> {span.name}
          {span.error && <span className="span-why"> {[span.attributes['http.response.status_code'], span.message].filter(Boolean).join(' ')}</span>}
        </button>
      </span>
      <svg className="span-bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={`${latency(span.durationMicros / 1000)}, begins at ${bar.left.toFixed(0)} %`}>
        <rect className="span-fill" x={bar.left} y={1} width={bar.width} height={8} />
        {span.events.map((event, index) => <rect key={index} className="span-event" x={bar.left + ((event.timeMicros - span.startMicros) / Math.max(1, span.durationMicros)) * bar.width} width={0.4} height={10} />)}
      </svg>
      <span className="span-time num">{latency(span.durationMicros / 1000)}</span>
    </li>
  );
}
