import { useId, type ReactNode } from 'react';
import { useParam } from '../state/usePlace';
import { useSession } from '../state/session';
import { Icon } from './Icon';

export const WINDOWS = ['10s', '30s', '1m', '5m', '10m', '1h', '6h', '1d', '7d'];
export const DEFAULT_WINDOW = '30s';

export const useWindow = (): string => useParam('window', DEFAULT_WINDOW)[0];
export const useNamespace = (): string => useParam('namespace')[0];

export function Choice({ label, value, onChange, children }: { label: string; value: string; onChange(value: string): void; children: ReactNode }) {
  const id = useId();
  return (
    <span className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={event => onChange(event.target.value)}>{children}</select>
    </span>
  );
}

export function NamespaceChoice() {
  const [namespace, setNamespace] = useParam('namespace');
  const known = useSession()?.namespaces ?? [];
  const names = namespace === '' || known.includes(namespace) ? known : [...known, namespace];
  return (
    <Choice label="Namespace" value={namespace} onChange={setNamespace}>
      <option value="">all</option>
      {names.map(name => <option key={name}>{name}</option>)}
    </Choice>
  );
}

export function WindowChoice() {
  const [window, setWindow] = useParam('window', DEFAULT_WINDOW);
  const names = WINDOWS.includes(window) ? WINDOWS : [...WINDOWS, window];
  return <Choice label="Window" value={window} onChange={setWindow}>{names.map(name => <option key={name}>{name}</option>)}</Choice>;
}

/** Text that narrows what the page shows, kept in the address as `name`. */
export function Filter({ name = 'filter', label = 'Filter', placeholder = 'name …' }: { name?: string; label?: string; placeholder?: string }) {
  const [text, setText] = useParam(name, '', 'replace');
  const id = useId();
  return (
    <span className="field filter">
      <label htmlFor={id} className="sr-only">{label}</label>
      <Icon name="search" size={14} />
      <input id={id} type="search" value={text} placeholder={placeholder} spellCheck={false} autoComplete="off" onChange={event => setText(event.target.value)} />
    </span>
  );
}

/** A few alternatives of which one is chosen, as buttons. */
export function Switch({ label, value, options, onChange }: { label: string; value: string; options: readonly (readonly [string, string])[]; onChange(value: string): void }) {
  return (
    <div className="switch" role="group" aria-label={label}>
      {options.map(([key, title]) => <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>{title}</button>)}
    </div>
  );
}
