import { useMemo } from 'react';
import { objectPath, owns, type KubernetesList, type Pod } from '../../api/kubernetes';
import { inNamespace, withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { Badge } from '../../components/Badge';
import { DataTable, type Column } from '../../components/DataTable';
import { golden } from '../../components/golden';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { Link, usePlaceTo } from '../../components/Link';
import { windowSeconds } from '../../format/time';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { usePolled } from '../../state/usePolled';

interface PodRow extends StatRow { version: string; address: string; ready: boolean; phase: string; restarts: number }

const EVERY = 5000;

/** Pods are remembered for ten minutes, whatever longer window is chosen. */
const LONGEST = 600;

const COLUMNS: readonly Column<PodRow>[] = [
  { key: 'name', title: 'Pod', cell: row => <PodLink row={row} />, compare: (a, b) => a.name.localeCompare(b.name) },
  { key: 'state', title: 'State', cell: row => <Badge tone={row.ready ? 'ok' : 'bad'}>{row.ready ? 'ready' : row.phase === 'Running' ? 'not ready' : row.phase}</Badge>, compare: (a, b) => Number(a.ready) - Number(b.ready) },
  { key: 'version', title: 'Version', spare: 2, cell: row => row.version || '–', compare: (a, b) => a.version.localeCompare(b.version) },
  { key: 'restarts', title: 'Restarts', numeric: true, spare: 2, cell: row => row.restarts, compare: (a, b) => a.restarts - b.restarts },
  ...golden<PodRow>(),
  { key: 'address', title: 'Address', spare: 3, cell: row => <span className="mono muted">{row.address}</span> },
];

function PodLink({ row }: { row: PodRow }) {
  const to = usePlaceTo();
  return <Link className="thing" title="Tap this pod" to={to('tap', { target: `pod/${row.name}`, namespace: row.namespace })}>{row.name}</Link>;
}

/** The pods of a workload, with what each receives. */
export function Pods({ namespace, workload, window }: { namespace: string; workload: string; window: string }) {
  const pods = usePolled<KubernetesList<Pod>>(objectPath('v1', 'Pod', namespace), EVERY);
  const stats = useLive<List<StatRow>>(withQuery(`${inNamespace(namespace)}stat/pods`, { window: windowSeconds(window) > LONGEST ? '10m' : window }));
  const [sort, setSort] = useParam('pods');
  const rows = useMemo(() => pods.data && stats.data && rowsOf(workload, pods.data.items, stats.data.items), [workload, pods.data, stats.data]);
  const error = pods.error ?? stats.error;
  return (
    <Panel title="Pods" aside={windowSeconds(window) > LONGEST ? 'over the last 10m' : undefined}>
      {rows ? rows.length === 0 ? <Empty title="No pods">The workload is scaled to zero, or its pods are still to be created.</Empty>
        : <DataTable label="Pods" columns={COLUMNS} rows={rows} keyOf={row => row.name} sort={sort} onSort={setSort} />
        : error ? <Failure error={error} retry={pods.reload} /> : <Loading what="the pods" />}
    </Panel>
  );
}

function rowsOf(workload: string, pods: readonly Pod[], stats: readonly StatRow[]): PodRow[] {
  const numbers = new Map(stats.map(row => [row.name, row]));
  return pods.filter(pod => owns(workload, pod)).flatMap(pod => {
    const row = numbers.get(pod.metadata.name);
    if (!row) return [];
    return [{
      ...row,
      version: pod.metadata.labels?.version ?? pod.metadata.labels?.['app.kubernetes.io/version'] ?? '',
      address: pod.status?.podIP ?? '',
      phase: pod.status?.phase ?? 'Unknown',
      ready: pod.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false,
      restarts: (pod.status?.containerStatuses ?? []).reduce((sum, container) => sum + (container.restartCount ?? 0), 0),
    }];
  });
}
