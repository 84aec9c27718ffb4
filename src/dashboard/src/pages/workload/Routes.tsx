import type { List, RouteRow } from '../../api/types';
import { DataTable, type Column } from '../../components/DataTable';
import { golden } from '../../components/golden';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { ServiceLink } from '../../components/Things';
import { worstFirst } from '../../format/health';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';

const COLUMNS: readonly Column<RouteRow>[] = [
  { key: 'name', title: 'Route', cell: row => (row.route === null ? <span className="muted">everything else</span> : <span className="mono">{row.route}</span>), compare: (a, b) => (a.route ?? '~').localeCompare(b.route ?? '~') },
  { key: 'service', title: 'Service', spare: 1, cell: row => <ServiceLink namespace={row.namespace} service={row.service} />, compare: (a, b) => a.service.localeCompare(b.service) },
  ...golden<RouteRow>(),
];

/** The named routes of what a thing receives. `question` is the list's path with its query. */
export function Routes({ question }: { question: string }) {
  const { data, error } = useLive<List<RouteRow>>(question);
  const [sort, setSort] = useParam('routes');
  return (
    <Panel title="Routes">
      {error ? <Failure error={error} /> : data === undefined ? <Loading what="the routes" />
        : data.items.length === 0 ? <Empty title="No requests yet">Routes that a ServiceProfile or VirtualService names appear here with the first request.</Empty>
          : <DataTable label="Routes" columns={COLUMNS} rows={data.items} keyOf={row => `${row.namespace}/${row.service}/${row.route}`} sort={sort} onSort={setSort} compare={worstFirst} />}
    </Panel>
  );
}
