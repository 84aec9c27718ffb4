import { useMemo } from 'react';
import type { Edge, EdgeEnd } from '../../api/types';
import { Mtls } from '../../components/Badge';
import { DataTable, type Column } from '../../components/DataTable';
import { golden } from '../../components/golden';
import { ServiceLink, WorkloadLink } from '../../components/Things';
import { worstFirst } from '../../format/health';
import { endName } from '../../format/names';
import { identityOf } from '../../state/reconcile';
import { useParam } from '../../state/usePlace';

const End = ({ end }: { end: EdgeEnd }) => (end.workload && end.namespace
  ? <WorkloadLink namespace={end.namespace} workload={end.workload} />
  : <span className="muted">{endName(end)}</span>);

const COLUMNS: readonly Column<Edge>[] = [
  { key: 'name', title: 'From', cell: edge => <End end={edge.source} />, compare: (a, b) => endName(a.source).localeCompare(endName(b.source)) },
  { key: 'to', title: 'To', cell: edge => <End end={edge.destination} />, compare: (a, b) => endName(a.destination).localeCompare(endName(b.destination)) },
  {
    key: 'service', title: 'Service', spare: 2, compare: (a, b) => (a.destination.service ?? '').localeCompare(b.destination.service ?? ''),
    cell: edge => (edge.destination.service && edge.destination.namespace ? <ServiceLink namespace={edge.destination.namespace} service={edge.destination.service} /> : <span className="muted">–</span>),
  },
  ...golden<Edge>(),
  { key: 'mtls', title: 'mTLS', spare: 1, cell: edge => <Mtls share={edge.mtls} />, compare: (a, b) => (a.mtls ?? 2) - (b.mtls ?? 2) },
];

/** The edges as a table: the graph for those who do not see it, or who want to sort it. */
export function EdgeTable({ edges, without = '', param = 'sort', label = 'Edges' }: { edges: readonly Edge[]; without?: 'name' | 'to' | ''; param?: string; label?: string }) {
  const [sort, setSort] = useParam(param);
  const columns = useMemo(() => COLUMNS.filter(column => column.key !== without), [without]);
  return <DataTable label={label} columns={columns} rows={edges} keyOf={edge => identityOf(edge) as string} sort={sort} onSort={setSort} compare={worstFirst} />;
}
