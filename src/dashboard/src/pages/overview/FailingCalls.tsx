import { inNamespace, withQuery } from '../../api/client';
import type { Edge, List } from '../../api/types';
import { Link, usePlaceTo } from '../../components/Link';
import { Panel } from '../../components/Panel';
import { Success } from '../../components/Success';
import { endName } from '../../format/names';
import { rate } from '../../format/numbers';
import { useLive } from '../../state/useLive';
import { failingCalls } from './failing';

const SHOWN = 5;

/** What callers meet with and servers do not count; nothing while all is well. */
export function FailingCalls({ namespace, window }: { namespace: string; window: string }) {
  const { data } = useLive<List<Edge>>(withQuery(`${inNamespace(namespace)}edges`, { window }));
  const to = usePlaceTo();
  const calls = failingCalls(data?.items ?? []);
  if (calls.length === 0) return null;
  return (
    <Panel title="Failing calls" className="failing" aside={<span className="muted">as their callers see them</span>}>
      <ul>
        {calls.slice(0, SHOWN).map(call => (
          <li key={call.key}>
            <Link to={to('service', { id: `${call.namespace}/${call.service}` })}>
              <b>{endName(call.from)} → {call.service}</b>
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
