import { inNamespace, withQuery } from '../../api/client';
import type { Edge, List } from '../../api/types';
import { Mtls } from '../../components/Badge';
import { Command } from '../../components/Command';
import { Filter, useNamespace, useWindow } from '../../components/Controls';
import { DataTable, type Column } from '../../components/DataTable';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead, Panel } from '../../components/Panel';
import { WorkloadLink } from '../../components/Things';
import { command, inNamespaces } from '../../format/command';
import { rate } from '../../format/numbers';
import { endName, matches } from '../../format/names';
import { identityOf } from '../../state/reconcile';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { Identities } from './Identities';
import { leastSecured, reason } from './reasons';

const COLUMNS: readonly Column<Edge>[] = [
  { key: 'name', title: 'From', cell: edge => <End end={edge.source} />, compare: (a, b) => endName(a.source).localeCompare(endName(b.source)) },
  { key: 'to', title: 'To', cell: edge => <End end={edge.destination} />, compare: (a, b) => endName(a.destination).localeCompare(endName(b.destination)) },
  { key: 'mtls', title: 'Secured', cell: edge => <Mtls share={edge.mtls} />, compare: (a, b) => (a.mtls ?? 2) - (b.mtls ?? 2) },
  { key: 'rps', title: 'RPS', numeric: true, spare: 1, descending: true, cell: edge => rate(edge.rps), compare: (a, b) => a.rps - b.rps },
  { key: 'why', title: 'Why', cell: edge => <span className="reason" title={reason(edge)}>{reason(edge)}</span> },
  { key: 'identity', title: 'Identity of the caller', spare: 3, cell: edge => <span className="mono muted">{edge.source.identity?.replace('spiffe://', '') ?? '–'}</span> },
];

/** Where there is nothing to explain, a narrow screen needs no reasons. */
const ALL_SECURED = COLUMNS.map(column => (column.key === 'why' ? { ...column, spare: 1 as const } : column));

/** Pixels: room for two lines that say why an edge is open. */
const REASONED = 48;

const End = ({ end }: { end: Edge['source'] }) => (end.workload && end.namespace ? <WorkloadLink namespace={end.namespace} workload={end.workload} /> : <span className="muted">{endName(end)}</span>);

/** Which traffic is secured and why not, and who is who until when. */
export default function Security() {
  const namespace = useNamespace();
  const window = useWindow();
  const [sort, setSort] = useParam('sort');
  const [filter] = useParam('filter');
  const { data, error } = useLive<List<Edge>>(withQuery(`${inNamespace(namespace)}edges`, { window }));
  const known = data?.items.filter(edge => edge.mtls !== null && edge.mtls !== undefined) ?? [];
  const open = known.filter(edge => (edge.mtls ?? 1) < 1).length;
  const rows = data?.items.filter(edge => matches(filter, endName(edge.source), endName(edge.destination), edge.source.identity));
  return (
    <>
      <PageHead title="Security" kicker={data && (known.length === 0 ? `No one has spoken in the last ${window}` : open === 0 ? `All ${known.length} edges with traffic are secured by mutual TLS` : <><b className="is-bad">{open} of {known.length}</b> edges with traffic are not fully secured</>)}><Filter /></PageHead>
      <Panel title="Edges" className="secured">
        {error && <Failure error={error} />}
        {rows === undefined ? !error && <Loading what="the edges" /> : rows.length === 0
          ? <Empty title="Nothing to secure">No one has spoken in the last {window}, or nothing has such a name.</Empty>
          : <DataTable label="Edges" columns={open > 0 ? COLUMNS : ALL_SECURED} rows={rows} keyOf={edge => identityOf(edge) as string} sort={sort} onSort={setSort} compare={leastSecured} {...(open > 0 ? { rowHeight: REASONED } : {})} />}
      </Panel>
      <Identities namespace={namespace} filter={filter} />
      <Command text={command(['edges'], { ...inNamespaces(namespace), '-o': 'wide' })} />
    </>
  );
}
