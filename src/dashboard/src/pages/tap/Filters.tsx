import { useEffect, useId, useState } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { placeWith } from '../../state/location';
import { useLive } from '../../state/useLive';
import { go, here, useParam } from '../../state/usePlace';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** What is listened to. Fields take effect when they are left, or with Enter. */
export function Filters({ namespace }: { namespace: string }) {
  const { data } = useLive<List<StatRow>>(withQuery(`${inNamespace(namespace)}stat/deployments`, { window: '1m' }));
  const rows = data?.items ?? [];
  const list = useId();
  const [method, setMethod] = useParam('method');
  const [direction, setDirection] = useParam('direction', 'in');
  const [headers, setHeaders] = useParam('headers');
  // A workload's name says its namespace too, while none is chosen.
  const setTarget = (target: string) => {
    const row = namespace === '' ? rows.find(candidate => `deploy/${candidate.name}` === target) : undefined;
    go(placeWith(here(), { target, ...(row ? { namespace: row.namespace } : {}) }));
  };
  return (
    <form className="filters" aria-label="Filters" onSubmit={event => event.preventDefault()}>
      <datalist id={list}>{rows.map(row => <option key={`${row.namespace}/${row.name}`} value={`deploy/${row.name}`}>{row.namespace}</option>)}</datalist>
      <Text name="target" label="Listen at" placeholder="deploy/web" list={list} commit={setTarget} />
      <span className="field"><label htmlFor={`${list}d`}>for</label>
        <select id={`${list}d`} value={direction} onChange={event => setDirection(event.target.value)}><option value="in">what it receives from</option><option value="out">what it sends to</option><option value="both">both</option></select></span>
      {direction !== 'both' && <Text name={direction === 'out' ? 'to' : 'from'} label="Other side" hidden placeholder="anyone" list={list} />}
      <span className="field"><label htmlFor={`${list}m`}>Method</label>
        <select id={`${list}m`} value={method} onChange={event => setMethod(event.target.value)}><option value="">any</option>{METHODS.map(name => <option key={name}>{name}</option>)}</select></span>
      <Text name="path" label="Path starts with" placeholder="/" />
      <Text name="authority" label="Authority" placeholder="any" />
      <Text name="status" label="Status" placeholder="5xx" narrow />
      <Text name="maxRps" label="At most" placeholder="100/s" narrow />
      <label className="check"><input type="checkbox" checked={headers !== ''} onChange={event => setHeaders(event.target.checked ? 'true' : '')} />headers</label>
    </form>
  );
}

interface TextProps { name: string; label: string; placeholder: string; list?: string; narrow?: boolean; hidden?: boolean; commit?(value: string): void }

function Text({ name, label, placeholder, list, narrow, hidden, commit }: TextProps) {
  const [value, setValue] = useParam(name);
  const [draft, setDraft] = useState(value);
  const id = useId();
  useEffect(() => setDraft(value), [value]);
  const done = (text: string) => {
    if (text.trim() !== value) (commit ?? setValue)(text.trim());
  };
  return (
    <span className={`field${narrow ? ' is-narrow' : ''}`}>
      <label htmlFor={id} className={hidden ? 'sr-only' : undefined}>{label}</label>
      <input id={id} value={draft} placeholder={placeholder} list={list} spellCheck={false} autoComplete="off" autoCapitalize="off"
        onChange={event => setDraft(event.target.value)} onBlur={() => done(draft)}
        onKeyDown={event => event.key === 'Enter' && done(event.currentTarget.value)} />
    </span>
  );
}
