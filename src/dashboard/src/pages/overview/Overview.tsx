import { useMemo } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { Command } from '../../components/Command';
import { Filter, Switch, useNamespace, useWindow } from '../../components/Controls';
import { DataTable } from '../../components/DataTable';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { command, inNamespaces } from '../../format/command';
import { worstFirst } from '../../format/health';
import { matches } from '../../format/names';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { COLUMNS } from './columns';
import { FailingCalls } from './FailingCalls';
import { Namespaces } from './Namespaces';
import { Summary } from './Summary';

/** How everything does, worst first. */
export function Overview() {
  const namespace = useNamespace();
  const window = useWindow();
  const [kind, setKind] = useParam('kind', 'deployments');
  const [sort, setSort] = useParam('sort');
  const [filter] = useParam('filter');
  const answer = useLive<List<StatRow>>(withQuery(`${inNamespace(namespace)}stat/${kind}`, { window }));
  const rows = useMemo(() => answer.data?.items.filter(row => matches(filter, row.name, row.namespace)), [answer.data, filter]);
  const columns = kind === 'services' ? COLUMNS.services : COLUMNS.deployments;
  return (
    <>
      <PageHead title="Overview" kicker={answer.data && <Summary rows={answer.data.items} />}>
        <Switch label="What is listed" value={kind} onChange={setKind} options={[['deployments', 'Workloads'], ['services', 'Services']]} />
        <Filter />
      </PageHead>
      <FailingCalls namespace={namespace} window={window} />
      {namespace === '' && <Namespaces window={window} />}
      <div className="panel">
        {answer.error && <Failure error={answer.error} />}
        {rows === undefined ? !answer.error && <Loading what="the mesh's numbers" /> : rows.length === 0
          ? <Nothing filtered={filter !== ''} namespace={namespace} />
          : <DataTable label={kind === 'services' ? 'Services' : 'Workloads'} columns={columns} rows={rows} keyOf={rowKey} sort={sort} onSort={setSort} compare={worstFirst} />}
      </div>
      <Command text={command(['stat', kind === 'services' ? 'svc' : 'deploy'], { ...inNamespaces(namespace), '-t': window })} />
    </>
  );
}

const rowKey = (row: StatRow): string => `${row.namespace}/${row.name}`;

function Nothing({ filtered, namespace }: { filtered: boolean; namespace: string }) {
  if (filtered) return <Empty title="Nothing has such a name">Clear the filter to see everything again.</Empty>;
  return (
    <Empty title={namespace === '' ? 'The mesh is empty' : `Nothing runs in ${namespace}`} command="tulle run --service hello --port 80 -- COMMAND">
      Add a workload, or bring up those of a Compose file with tulle up.
    </Empty>
  );
}
