import { useEffect, useId, useState } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { TraceList } from '../../api/traces';
import { Command } from '../../components/Command';
import { Choice, Switch, useNamespace } from '../../components/Controls';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { command } from '../../format/command';
import { bytes, count } from '../../format/numbers';
import { useParam, usePlace } from '../../state/usePlace';
import { usePolled } from '../../state/usePolled';
import { TraceLine } from './TraceLine';

const EVERY = 5000;

/** Kept traces, newest first. */
export function Search() {
  const namespace = useNamespace();
  const { params } = usePlace();
  const [error, setError] = useParam('error');
  const [since, setSince] = useParam('since', '1h');
  const [limit, setLimit] = useParam('limit', '50');
  const [sort, setSort] = useParam('sort');
  const query = { service: params.service, minDuration: params.minDuration, maxDuration: params.maxDuration, status: params.status, route: params.route, tag: params.tag, error, since, until: params.until, limit };
  const answer = usePolled<TraceList>(`/api/insight/${withQuery(`${inNamespace(namespace)}traces`, query)}`, EVERY);
  const list = answer.data;
  const items = list && sort === 'slow' ? [...list.items].sort((a, b) => b.durationMicros - a.durationMicros) : list?.items;
  const longest = Math.max(1, ...(items ?? []).map(trace => trace.durationMicros));
  return (
    <>
      <PageHead title="Traces" kicker={list?.stored && `${count(list.stored.traces)} traces with ${count(list.stored.spans)} spans kept, ${bytes(list.stored.bytes)}`}>
        <Switch label="Which" value={error} onChange={setError} options={[['', 'All'], ['true', 'Errors']]} />
        <Switch label="Order" value={sort} onChange={setSort} options={[['', 'Newest'], ['slow', 'Slowest']]} />
      </PageHead>
      <div className="panel"><div className="panel-body">
        <form className="filters" aria-label="Search" onSubmit={event => event.preventDefault()}>
          <Term name="service" label="Service" placeholder="any" />
          <Term name="minDuration" label="Longer than" placeholder="20ms" narrow />
          <Term name="maxDuration" label="Shorter than" placeholder="1.5s" narrow />
          <Term name="status" label="Status" placeholder="5xx" narrow />
          <Term name="route" label="Route" placeholder="any" />
          <Term name="tag" label="Attribute" placeholder="name=value" />
          <Choice label="Since" value={since} onChange={setSince}>{['5m', '15m', '1h', '6h', '1d', '7d'].map(name => <option key={name}>{name}</option>)}</Choice>
          <Choice label="At most" value={limit} onChange={setLimit}>{['20', '50', '200', '1000'].map(name => <option key={name}>{name}</option>)}</Choice>
          <OneTrace />
        </form>
      </div></div>
      <div className="panel">
        {answer.error && <Failure error={answer.error} retry={answer.reload} />}
        {items === undefined ? !answer.error && <Loading what="the traces" /> : items.length === 0
          ? <Empty title="No trace fits">One request in a hundred is traced unless Telemetry says otherwise; failed and slow ones are kept beside them. Widen the search, or send a request with a sampled traceparent.</Empty>
          : <ul className="trace-list">{items.map(trace => <li key={trace.traceId}><TraceLine trace={trace} longest={longest} /></li>)}</ul>}
        {list?.more && <p className="hint">There are more than {limit}: narrow the search, or raise the number.</p>}
      </div>
      <Command text={command(['trace'], { ...(namespace === '' ? { '-A': true } : { '-n': namespace }), '--service': params.service, '--min-duration': params.minDuration, '--max-duration': params.maxDuration, '--status': params.status, '--route': params.route, '--tag': params.tag, '--error': error === 'true', '--since': since, '--limit': limit })} />
    </>
  );
}

/** One part of the search, in effect with Enter or when it is left. */
function Term({ name, label, placeholder, narrow = false }: { name: string; label: string; placeholder: string; narrow?: boolean }) {
  const [value, setValue] = useParam(name);
  const [draft, setDraft] = useState(value);
  const id = useId();
  useEffect(() => setDraft(value), [value]);
  return (
    <span className={`field${narrow ? ' is-narrow' : ''}`}>
      <label htmlFor={id}>{label}</label>
      <input id={id} value={draft} placeholder={placeholder} spellCheck={false} autoComplete="off" onChange={event => setDraft(event.target.value)}
        onBlur={() => setValue(draft.trim())} onKeyDown={event => event.key === 'Enter' && setValue(draft.trim())} />
    </span>
  );
}

function OneTrace() {
  const [, setTrace] = useParam('trace');
  const id = useId();
  return (
    <span className="field">
      <label htmlFor={id}>Trace or request id</label>
      <input id={id} placeholder="traceparent or x-request-id" spellCheck={false} autoComplete="off"
        onKeyDown={event => event.key === 'Enter' && event.currentTarget.value.trim() !== '' && setTrace(event.currentTarget.value.trim())} />
    </span>
  );
}
