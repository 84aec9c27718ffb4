import { useMemo } from 'react';
import { inNamespace } from '../../api/client';
import type { ConfigurationItem } from '../../api/configuration';
import type { List } from '../../api/types';
import { Command } from '../../components/Command';
import { Choice, Filter, Switch, useNamespace } from '../../components/Controls';
import { DataTable, type Column } from '../../components/DataTable';
import { Link, usePlaceTo } from '../../components/Link';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { command, inNamespaces } from '../../format/command';
import { plural } from '../../format/numbers';
import { matches } from '../../format/names';
import { since } from '../../format/time';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { Services } from './Services';
import { Status, statusRank } from './Status';

function ObjectName({ item }: { item: ConfigurationItem }) {
  const to = usePlaceTo();
  return <Link className="thing" to={to('configuration', { id: `${item.namespace}/${item.kind}/${item.name}` })}>{item.name}</Link>;
}

const COLUMNS: readonly Column<ConfigurationItem>[] = [
  { key: 'name', title: 'Object', cell: item => <ObjectName item={item} />, compare: (a, b) => a.name.localeCompare(b.name) },
  { key: 'kind', title: 'Kind', cell: item => item.kind, compare: (a, b) => a.kind.localeCompare(b.kind) },
  { key: 'namespace', title: 'Namespace', spare: 2, cell: item => <span className="muted">{item.namespace || '–'}</span>, compare: (a, b) => a.namespace.localeCompare(b.namespace) },
  { key: 'status', title: 'Status', cell: item => <Status status={item.status} />, compare: (a, b) => statusRank(a.status) - statusRank(b.status) },
  { key: 'findings', title: 'Findings', spare: 1, cell: item => (item.findings.length === 0 ? <span className="muted">–</span> : <span className="clip clip-wide muted" title={item.findings.map(finding => finding.message).join('\n')}>{item.findings[0]?.message}{item.findings.length > 1 ? ` (+${item.findings.length - 1})` : ''}</span>) },
  { key: 'age', title: 'Created', numeric: true, spare: 3, cell: item => <span className="muted">{item.created ? since(item.created, Date.now()) : '–'}</span>, compare: (a, b) => (b.created ?? '').localeCompare(a.created ?? '') },
];

const byStatus = (a: ConfigurationItem, b: ConfigurationItem): number => statusRank(a.status) - statusRank(b.status) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name);

/** Every object that configures the mesh, what is wrong with it first; or what is in effect, service by service. */
export function Objects() {
  const namespace = useNamespace();
  const [view, setView] = useParam('view', 'objects');
  const [kind, setKind] = useParam('kind');
  const [sort, setSort] = useParam('sort');
  const [filter] = useParam('filter');
  const [owner, service] = useParam('open')[0].split('/');
  const { data, error } = useLive<List<ConfigurationItem>>(`${inNamespace(namespace)}configuration`);
  const kinds = useMemo(() => [...new Set(data?.items.map(item => item.kind))].sort(), [data]);
  const items = useMemo(() => data?.items.filter(item => (kind === '' || item.kind === kind) && matches(filter, item.name, item.kind, item.namespace)), [data, kind, filter]);
  const wrong = data?.items.filter(item => item.status === 'error' || item.status === 'warning').length ?? 0;
  return (
    <>
      <PageHead title="Configuration" kicker={data && `${plural(data.items.length, 'object')}${wrong > 0 ? `, ${wrong} with warnings or errors` : ''}`}>
        <Switch label="View" value={view} onChange={setView} options={[['objects', 'Objects'], ['services', 'In effect']]} />
        {view === 'objects' && <Choice label="Kind" value={kind} onChange={setKind}><option value="">any</option>{kinds.map(name => <option key={name}>{name}</option>)}</Choice>}
        <Filter />
      </PageHead>
      {view === 'services' ? <Services namespace={namespace} filter={filter} /> : (
        <div className="panel">
          {error && <Failure error={error} />}
          {items === undefined ? !error && <Loading what="the configuration" /> : items.length === 0
            ? <Empty title={data?.items.length === 0 ? 'Nothing is configured' : 'Nothing fits'} command="tulle apply -f canary.yaml">{data?.items.length === 0 ? 'The mesh works without configuration. Apply a VirtualService, DestinationRule, ServiceProfile or TrafficSplit to change what it does.' : 'Clear the filter to see everything again.'}</Empty>
            : <DataTable label="Objects" columns={COLUMNS} rows={items} keyOf={item => `${item.namespace}/${item.apiVersion}/${item.kind}/${item.name}`} sort={sort} onSort={setSort} compare={byStatus} />}
        </div>
      )}
      <Command text={view === 'services' && service ? command(['describe', `svc/${service}`], { '-n': owner ?? '' }) : command(kind === '' ? ['config'] : ['config', kind.toLowerCase()], inNamespaces(namespace))} />
    </>
  );
}
