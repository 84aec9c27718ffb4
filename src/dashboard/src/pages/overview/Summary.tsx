import type { StatRow } from '../../api/types';
import { health } from '../../format/health';
import { rate } from '../../format/numbers';

/** The state of the whole in one sentence. */
export function Summary({ rows }: { rows: readonly StatRow[] }) {
  const states = rows.map(row => health(row.success, row.requests));
  const of = (state: string) => states.filter(other => other === state).length;
  const parts = [
    of('bad') > 0 && <b key="bad" className="is-bad">{of('bad')} failing</b>,
    of('warn') > 0 && <b key="warn" className="is-warn">{of('warn')} degraded</b>,
    of('ok') > 0 && <span key="ok">{of('ok')} healthy</span>,
    of('idle') > 0 && <span key="idle">{of('idle')} without requests</span>,
    <span key="rps">{rate(rows.reduce((sum, row) => sum + row.rps, 0))} requests/s</span>,
  ].filter(part => part !== false);
  return <>{parts.map((part, index) => <span key={part.key}>{index > 0 && ' · '}{part}</span>)}</>;
}
