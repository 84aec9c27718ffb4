import { useMemo } from 'react';
import { objectPath, type KubernetesList, type Pod } from '../../api/kubernetes';
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
import { usePolled } from '../../state/usePolled';
import { Filters } from './Filters';
import { MOST_ROWS } from './rows';
import { TapTable } from './TapTable';
import { useTap } from './useTap';

const EVERY = 15_000;

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
  const names = useNames(path === null ? null : namespace);
  const options = { '-n': namespace, ...sidesOf(namespace, params, '--'), '--method': params.method, '--path': params.path, '--authority': params.authority, '--max-rps': params.maxRps };
  return (
    <>
      <PageHead title="Tap" kicker={path === null ? 'Requests as they happen' : `${tap.seen.toLocaleString('en')} requests seen${tap.seen > MOST_ROWS ? `, the last ${MOST_ROWS} shown` : ''} · ${tap.state}`}>
        <button type="button" disabled={path === null} aria-pressed={paused !== ''} onClick={() => setPaused(paused === '' ? 'true' : '')}><span className="with-icon"><Icon name={paused ? 'play' : 'pause'} size={14} />{paused ? 'Resume' : 'Pause'}</span></button>
        <button type="button" disabled={tap.rows.length === 0} onClick={tap.clear}>Clear</button>
      </PageHead>
      <div className="panel"><div className="panel-body"><Filters namespace={chosen} /></div></div>
      <div className="panel">
        {tap.error && <Failure error={tap.error} />}
        {path === null ? <Empty title={well ? 'In which namespace?' : 'Whose requests?'}>{well ? 'Choose the namespace above.' : 'Name a workload to listen at, such as deploy/web; svc/, pod/ and ns/ do too.'}</Empty>
          : tap.rows.length > 0 ? <TapTable rows={tap.rows} names={names} />
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
  const { method, path, authority, maxRps, headers } = params;
  return `/api/insight/${withQuery(`${inNamespace(namespace)}tap/${target}`, { ...sidesOf(namespace, params), method, path, authority, maxRps, headers })}`;
}

/** The other side of the requests: what is sent to anyone is what is sent to the namespace, as without a side it is what is received. */
function sidesOf(namespace: string, { direction, to, from }: Readonly<Record<string, string>>, prefix = ''): Record<string, string | undefined> {
  return direction === 'to' ? { [`${prefix}to`]: to ?? `ns/${namespace}` } : { [`${prefix}from`]: from };
}

/** Names of pods by their addresses. */
function useNames(namespace: string | null): ReadonlyMap<string, string> {
  const { data } = usePolled<KubernetesList<Pod>>(namespace === null ? null : objectPath('v1', 'Pod', namespace), EVERY);
  return useMemo(() => new Map((data?.items ?? []).flatMap(pod => (pod.status?.podIP ? [[pod.status.podIP, pod.metadata.name] as const] : []))), [data]);
}
