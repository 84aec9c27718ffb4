import { inNamespace, withQuery } from '../../api/client';
import type { Call, List } from '../../api/types';
import { Link, usePlaceTo } from '../../components/Link';
import { Panel } from '../../components/Panel';
import { Success } from '../../components/Success';
import { endName } from '../../format/names';
import { rate } from '../../format/numbers';
import { useLive } from '../../state/useLive';

const SHOWN = 5;

/** What callers meet with and servers do not count; nothing while all is well. */
export function FailingCalls({ namespace, window }: { namespace: string; window: string }) {
  const { data } = useLive<List<Call>>(withQuery(`${inNamespace(namespace)}calls`, { window, health: 'failing' }));
  const to = usePlaceTo();
  const calls = data?.items ?? [];
  if (calls.length === 0) return null;
  return (
    <Panel title="Failing calls" className="failing" aside={<span className="muted">as their callers see them</span>}>
      <ul>
        {calls.slice(0, SHOWN).map(call => (
          <li key={`${call.source.namespace}/${call.source.workload ?? call.source.identity}>${call.namespace}/${call.service}`}>
            <Link to={to('service', { id: `${call.namespace}/${call.service}` })}>
              <b>{endName(call.source)} → {call.service}</b>
              <Success share={call.success} requests={call.requests} />
              <span>{rate(call.rps)} rps</span>
              <span className="failing-why">Diagnose</span>
            </Link>
          </li>
        ))}
      </ul>
      {calls.length > SHOWN && <p className="failing-more"><Link to={to('topology', { view: 'table' })}>and {calls.length - SHOWN} more</Link></p>}
    </Panel>
  );
}
