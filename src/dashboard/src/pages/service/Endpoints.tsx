import { inNamespace } from '../../api/client';
import type { BackendLimits, Endpoint, EndpointList, LimitUse } from '../../api/service';
import { Badge } from '../../components/Badge';
import { DataTable, type Column } from '../../components/DataTable';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { WorkloadLink } from '../../components/Things';
import { since } from '../../format/time';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';

const rank = (endpoint: Endpoint): number => (!endpoint.ready ? 0 : endpoint.ejectedBy + endpoint.failsChecksOf > 0 ? 1 : 2);

function State({ endpoint }: { endpoint: Endpoint }) {
  if (!endpoint.ready) return <Badge tone="bad">not ready</Badge>;
  if (endpoint.ejectedBy > 0) return <Badge tone="warn">ejected by {endpoint.ejectedBy}/{endpoint.clients}</Badge>;
  if (endpoint.failsChecksOf > 0) return <Badge tone="warn">fails checks</Badge>;
  return <Badge tone="ok">ready</Badge>;
}

const columns = (namespace: string): readonly Column<Endpoint>[] => [
  { key: 'name', title: 'Pod', cell: row => <span className="thing">{row.pod ?? row.address}</span>, compare: (a, b) => (a.pod ?? a.address).localeCompare(b.pod ?? b.address) },
  { key: 'state', title: 'State', cell: row => <State endpoint={row} />, compare: (a, b) => rank(a) - rank(b) },
  { key: 'workload', title: 'Workload', spare: 1, cell: row => (row.workload ? <WorkloadLink namespace={namespace} workload={row.workload} /> : '–'), compare: (a, b) => (a.workload ?? '').localeCompare(b.workload ?? '') },
  { key: 'version', title: 'Version', spare: 2, cell: row => row.version ?? '–', compare: (a, b) => (a.version ?? '').localeCompare(b.version ?? '') },
  { key: 'subsets', title: 'Subsets', spare: 3, cell: row => row.subsets.join(', ') || '–' },
  { key: 'address', title: 'Address', spare: 2, cell: row => <span className="mono muted">{row.address}</span> },
  { key: 'certificate', title: 'Certificate', spare: 3, cell: row => (row.certificate?.error ? <span className="is-bad">{row.certificate.error}</span> : row.certificate?.notAfter ? <span className="muted">ends {since(row.certificate.notAfter, Date.now())}</span> : <span className="muted">{row.meshed ? '–' : 'no sidecar'}</span>) },
  { key: 'summary', title: 'What is known', spare: 1, cell: row => <span className="clip muted" title={row.notReadyBecause ?? row.summary}>{row.notReadyBecause ?? row.summary}</span> },
];

/** Where requests to a service go, and what their clients think of each place. */
export function Endpoints({ namespace, name }: { namespace: string; name: string }) {
  const { data, error } = useLive<EndpointList>(`${inNamespace(namespace)}endpoints/services/${name}`);
  const [sort, setSort] = useParam('endpoints');
  return (
    <Panel title="Endpoints and their health" aside={data && data.leftOut > 0 ? `${data.leftOut} more are not reported` : undefined}>
      {error && !data ? <Failure error={error} /> : data === undefined ? <Loading what="the endpoints" /> : data.items.length === 0
        ? <Empty title="The service has no endpoints" command={`tulle diagnose ${name} -n ${namespace}`}>No pod has the labels that its selector asks for, so every request fails.</Empty>
        : <DataTable label="Endpoints" columns={columns(namespace)} rows={data.items} keyOf={row => `${row.address}/${row.servicePort}`} sort={sort} onSort={setSort} compare={(a, b) => rank(a) - rank(b)} />}
      {data && <Limits limits={data.limits.filter(limit => refused(limit) > 0)} />}
    </Panel>
  );
}

const refused = ({ connections, pending, requests, retries }: BackendLimits): number => connections.refused + pending.refused + requests.refused + retries.refused;

function Limits({ limits }: { limits: readonly BackendLimits[] }) {
  if (limits.length === 0) return null;
  return (
    <div className="panel-body">
      {limits.map(limit => (
        <p key={`${limit.client.pod}${limit.backend}`} className="toast-warning">
          Circuit breaker: {limit.client.pod} was refused {refused(limit)} times at {limit.backend} ({(['connections', 'pending', 'requests', 'retries'] as const)
            .filter(name => (limit[name] as LimitUse).refused > 0).map(name => `${name} ${limit[name].used} of ${limit[name].limit}`).join(', ')})
        </p>
      ))}
    </div>
  );
}
