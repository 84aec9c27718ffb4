import type { StatRow } from '../../api/types';
import { Mtls } from '../../components/Badge';
import type { Column } from '../../components/DataTable';
import { golden } from '../../components/golden';
import { Spark } from '../../components/Spark';
import { ServiceLink, WorkloadLink } from '../../components/Things';

const NAMESPACE: Column<StatRow> = {
  key: 'namespace', title: 'Namespace', spare: 1, cell: row => <span className="muted">{row.namespace}</span>,
  compare: (a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name),
};

const MESHED: Column<StatRow> = {
  key: 'meshed', title: 'Pods', numeric: true, spare: 2,
  cell: row => <span className={row.meshed < row.total ? 'is-warn' : 'muted'} title={`${row.meshed} of ${row.total} pods have a sidecar`}>{row.meshed}/{row.total}</span>,
  compare: (a, b) => a.meshed / a.total - b.meshed / b.total,
};

const MTLS: Column<StatRow> = { key: 'mtls', title: 'mTLS', spare: 2, cell: row => <Mtls share={row.mtls} />, compare: (a, b) => (a.mtls ?? 2) - (b.mtls ?? 2) };

const columns = (kind: 'deployments' | 'services'): readonly Column<StatRow>[] => [
  {
    key: 'name', title: kind === 'services' ? 'Service' : 'Workload', compare: (a, b) => a.name.localeCompare(b.name),
    cell: row => (kind === 'services'
      ? <ServiceLink namespace={row.namespace} service={row.name} />
      : <WorkloadLink namespace={row.namespace} workload={`${row.kind}/${row.name}`} />),
  },
  NAMESPACE,
  MESHED,
  ...golden<StatRow>(),
  MTLS,
  { key: 'spark', title: 'Last 8 minutes', spare: 1, cell: row => <Spark kind={kind} namespace={row.namespace} name={row.name} /> },
];

export const COLUMNS = { deployments: columns('deployments'), services: columns('services') };
