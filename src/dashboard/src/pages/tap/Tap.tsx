import { inNamespace, withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { Command } from '../../components/Command';
import { useNamespace } from '../../components/Controls';
import { Icon } from '../../components/Icon';
import { Empty, Failure } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { command } from '../../format/command';
import { useSession } from '../../state/session';
import { useLive } from '../../state/useLive';
import { usePlace, useParam } from '../../state/usePlace';
import { Filters } from './Filters';
import { MOST_ROWS } from './rows';
import { TapTable } from './TapTable';
import { useTap } from './useTap';

/** Live requests. */
export default function Tap() {
  const chosen = useNamespace();
  const session = useSession();
  const { params } = usePlace();
  const [paused, setPaused] = useParam('paused');
  const target = params.target ?? '';
  const stats = useLive<List<StatRow>>(chosen === '' && target !== '' ? withQuery('stat/deployments', { window: '1m' }) : null);
  const namespace = chosen || namespaceOf(target, stats.data?.items ?? [], session?.namespaces ?? []);
  const well = /^[a-z]+\/[\w.-]+$/.test(target);
  const path = well && namespace !== '' ? pathOf(namespace, target, params) : null;
  const tap = useTap(path, paused !== '');
  const sides = sidesOf(params);
  const options = { '-n': namespace, '--direction': sides.direction === 'in' ? null : sides.direction, '--to': sides.to, '--from': sides.from, '--status': params.status, '--headers': params.headers !== undefined, '--method': params.method, '--path': params.path, '--authority': params.authority, '--max-rps': params.maxRps };
  return (
    <>
      <PageHead title="Tap" kicker={path === null ? 'Requests as they happen' : `${tap.seen.toLocaleString('en')} requests seen${tap.seen > MOST_ROWS ? `, the last ${MOST_ROWS} shown` : ''} · ${tap.state}`}>
        <button type="button" disabled={path === null} aria-pressed={paused !== ''} onClick={() => setPaused(paused === '' ? 'true' : '')}><span className="with-icon"><Icon name={paused ? 'play' : 'pause'} size={14} />{paused ? 'Resume' : 'Pause'}</span></button>
        <button type="button" disabled={tap.rows.length === 0} onClick={tap.clear}>Clear</button>
      </PageHead>
      <div className="panel"><div className="panel-body"><Filters namespace={chosen} /></div></div>
      <div className="panel">
        {tap.loss && <p className="hint tap-loss">{tap.loss.requests > 0 && `${tap.loss.requests.toLocaleString('en')} requests were left out, as there are more than ${params.maxRps ?? 100} a second. `}{tap.loss.events > 0 && `${tap.loss.events.toLocaleString('en')} events were lost, as they came too fast.`}</p>}
        {tap.error && <Failure error={tap.error} />}
        {path === null ? <Empty title={well ? 'In which namespace?' : 'Whose requests?'}>{well ? 'Choose the namespace above.' : 'Name a workload to listen at, such as deploy/web; svc/, pod/ and ns/ do too.'}</Empty>
          : tap.rows.length > 0 ? <TapTable rows={tap.rows} />
            : !tap.error && <Empty title={paused ? 'Paused' : 'Listening …'}>{paused ? 'Resume to listen on.' : `No request of ${target} has passed the filters yet.`}</Empty>}
      </div>
      <Command text={command(['tap', target || 'deploy/NAME'], options)} />
    </>
  );
}

/** While no namespace is chosen: where a workload of that name is, else the only one or the usual one that there is. */
function namespaceOf(target: string, rows: readonly StatRow[], known: readonly string[]): string {
  const row = rows.find(candidate => target === `deploy/${candidate.name}`);
  return row?.namespace ?? (known.length === 1 ? known[0] as string : known.includes('default') ? 'default' : '');
}

function pathOf(namespace: string, target: string, params: Readonly<Record<string, string>>): string {
  const { method, path, authority, status, maxRps, headers } = params;
  return `/api/insight/${withQuery(`${inNamespace(namespace)}tap/${target}`, { ...sidesOf(params), method, path, authority, status, maxRps, headers })}`;
}

/** What the two sides of the address come to: only the one that the direction speaks of counts. */
function sidesOf({ direction = 'in', to, from }: Readonly<Record<string, string>>): { direction: string; to: string | undefined; from: string | undefined } {
  return { direction, to: direction === 'out' ? to : undefined, from: direction === 'in' ? from : undefined };
}
