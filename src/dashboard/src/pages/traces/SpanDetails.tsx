import type { Span } from '../../api/traces';
import { Panel } from '../../components/Panel';
import { WorkloadLink } from '../../components/Things';
import { latency } from '../../format/numbers';

/** Everything that is known of one span. */
export function SpanDetails({ span, begin }: { span: Span; begin: number }) {
  return (
    <Panel title={`${span.service ?? '?'} ${span.name}`} aside={<span className="mono">{span.spanId}</span>}>
      <div className="panel-body tap-facts">
        {span.message && <p className="toast-warning toast-bad">{span.message}</p>}
        <dl>
          <div><dt>Made by</dt><dd>{span.source === 'application' ? 'the application' : `its proxy, ${span.source}`} ({span.kind})</dd></div>
          {span.workload && span.namespace && <div><dt>Workload</dt><dd><WorkloadLink namespace={span.namespace} workload={span.workload} /></dd></div>}
          {span.pod && <div><dt>Pod</dt><dd className="mono">{span.pod}</dd></div>}
          <div><dt>Began after</dt><dd>{latency((span.startMicros - begin) / 1000)}</dd></div>
          <div><dt>Took</dt><dd>{latency(span.durationMicros / 1000)}</dd></div>
        </dl>
        <dl>{Object.entries(span.attributes).map(([name, value]) => <div key={name}><dt className="mono">{name}</dt><dd className="mono">{text(value)}</dd></div>)}</dl>
        {span.events.length > 0 && (
          <dl>{span.events.map((event, index) => (
            <div key={index}><dt>+{latency((event.timeMicros - span.startMicros) / 1000)}</dt><dd><b>{event.name}</b> <span className="mono">{Object.entries(event.attributes).map(([name, value]) => `${name}=${text(value)}`).join(' ')}</span></dd></div>
          ))}</dl>
        )}
      </div>
    </Panel>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
