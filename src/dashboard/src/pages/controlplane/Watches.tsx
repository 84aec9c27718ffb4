import type { ControlPlaneStatus } from '../../api/operations';
import { Badge } from '../../components/Badge';
import { Panel } from '../../components/Panel';
import { since } from '../../format/time';
import { useNow } from '../../state/useNow';

type Watch = ControlPlaneStatus['watches'][number];

const follows = (watch: Watch): boolean => watch.synced && watch.error === '';

/** Whether the control plane hears of every change; those that it does not hear of are shown at once, the others on request. */
export function Watches({ watches }: { watches: readonly Watch[] }) {
  const lost = watches.filter(watch => !follows(watch));
  return (
    <Panel title="Watches" aside={<Badge tone={lost.length === 0 ? 'ok' : 'bad'}>{watches.length - lost.length} of {watches.length} in sync</Badge>}>
      {lost.length > 0 && <Table label="Watches that do not follow" watches={lost} />}
      <details className="watches">
        <summary>{lost.length === 0 ? 'The control plane hears of every change. Show what it watches' : 'Show all'}</summary>
        <Table label="Watches" watches={watches} />
      </details>
    </Panel>
  );
}

function Table({ label, watches }: { label: string; watches: readonly Watch[] }) {
  const now = useNow();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`${label}, table`}>
      <table>
        <thead><tr><th scope="col">Resource</th><th scope="col">State</th><th scope="col" className="num">Changed</th><th scope="col" className="num spare1">Failures</th></tr></thead>
        <tbody>{watches.map(watch => (
          <tr key={watch.resource}>
            <th scope="row" className="c-name">{watch.resource}</th>
            <td className="watch-state">{watch.error ? <span className="is-bad">{watch.error}</span> : <Badge tone={watch.synced ? 'ok' : 'warn'}>{watch.synced ? 'in sync' : 'reading'}</Badge>}</td>
            <td className="num muted">{watch.changed ? since(watch.changed, now) : '–'}</td>
            <td className="num muted spare1">{watch.failures}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
