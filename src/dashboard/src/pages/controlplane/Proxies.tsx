import { inNamespace } from '../../api/client';
import type { IdentityList } from '../../api/operations';
import type { List, ProxyRow } from '../../api/types';
import { useMemo } from 'react';
import { Badge } from '../../components/Badge';
import { Filter, useNamespace } from '../../components/Controls';
import { DataTable, type Column } from '../../components/DataTable';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { matches } from '../../format/names';
import { since } from '../../format/time';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { stateOf, type ProxyState } from './proxyState';

interface Row extends ProxyRow { state: ProxyState; notAfter: string | null }

const TONES = { refused: 'bad', behind: 'warn', 'in sync': 'ok' } as const;
const RANK = ['refused', 'behind', 'in sync'];

const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', title: 'Pod', cell: row => <span className="thing">{row.pod}</span>, compare: (a, b) => a.pod.localeCompare(b.pod) },
  { key: 'namespace', title: 'Namespace', spare: 2, cell: row => <span className="muted">{row.namespace}</span>, compare: (a, b) => a.namespace.localeCompare(b.namespace) },
  { key: 'state', title: 'Configuration', cell: row => <Badge tone={TONES[row.state.kind]}>{row.state.kind}</Badge>, compare: (a, b) => RANK.indexOf(a.state.kind) - RANK.indexOf(b.state.kind) },
  { key: 'subscriptions', title: 'Subscriptions', numeric: true, spare: 1, descending: true, cell: row => row.resources.length, compare: (a, b) => a.resources.length - b.resources.length },
  { key: 'version', title: 'Version', spare: 1, cell: row => row.proxyVersion, compare: (a, b) => a.proxyVersion.localeCompare(b.proxyVersion) },
  { key: 'certificate', title: 'Certificate ends', numeric: true, spare: 2, cell: row => (row.notAfter ? since(row.notAfter, Date.now()) : <span className="muted">–</span>), compare: (a, b) => (a.notAfter ?? '~').localeCompare(b.notAfter ?? '~') },
  { key: 'connected', title: 'Connected', numeric: true, cell: row => <span className="muted">{since(row.connectedAt, Date.now())}</span>, compare: (a, b) => b.connectedAt.localeCompare(a.connectedAt) },
  { key: 'said', title: 'What it says', spare: 3, cell: row => <span className="clip muted" title={row.state.text}>{row.state.text || '–'}</span> },
];

/** Every connected proxy, those that do not follow first. */
export function Proxies() {
  const namespace = useNamespace();
  const proxies = useLive<List<ProxyRow>>('proxies');
  const identities = useLive<IdentityList>(`${inNamespace(namespace)}identities`);
  const [sort, setSort] = useParam('sort');
  const [filter] = useParam('filter');
  const rows = useMemo(() => {
    const ends = new Map((identities.data?.items ?? []).flatMap(identity => identity.pods.map(pod => [`${identity.namespace}/${pod.name}`, pod.notAfter] as const)));
    return proxies.data?.items.filter(row => (namespace === '' || row.namespace === namespace) && matches(filter, row.pod, row.namespace))
      .map((row): Row => ({ ...row, state: stateOf(row), notAfter: ends.get(`${row.namespace}/${row.pod}`) ?? null }));
  }, [proxies.data, identities.data, namespace, filter]);
  return (
    <Panel title="Proxies" aside={<Filter placeholder="pod …" />}>
      {proxies.error && !proxies.data ? <Failure error={proxies.error} /> : rows === undefined ? <Loading what="the proxies" /> : rows.length === 0
        ? <Empty title="No proxy is connected" command="tulle check">Proxies keep serving with what they knew last. `tulle check` says why they do not connect.</Empty>
        : <DataTable label="Proxies" columns={COLUMNS} rows={rows} keyOf={row => `${row.namespace}/${row.pod}`} sort={sort} onSort={setSort}
          compare={(a, b) => RANK.indexOf(a.state.kind) - RANK.indexOf(b.state.kind)} />}
    </Panel>
  );
}
