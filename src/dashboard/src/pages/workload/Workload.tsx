import { useCallback } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { EdgeEnd, List, StatRow } from '../../api/types';
import { Command } from '../../components/Command';
import { useWindow } from '../../components/Controls';
import { Link, usePlaceTo } from '../../components/Link';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { Tiles } from '../../components/Tiles';
import { command } from '../../format/command';
import { shortKind } from '../../format/names';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { Diagnosis } from '../service/Diagnosis';
import { Charts } from './Charts';
import { Events } from './Events';
import { Peers } from './Peers';
import { Pods } from './Pods';
import { RecentTraces, useMarks, useTracesInRange } from './RecentTraces';
import { Routes } from './Routes';

/** Everything about one workload. `id` is `namespace/kind/name`. */
export default function Workload() {
  const [id] = useParam('id');
  const [namespace, kind, name] = id.split('/');
  if (!namespace || !kind || !name) return <Empty title="Which workload?">Choose one on the overview or in the topology.</Empty>;
  return <WorkloadOf key={id} namespace={namespace} kind={kind} name={name} />;
}

function WorkloadOf({ namespace, kind, name }: { namespace: string; kind: string; name: string }) {
  const window = useWindow();
  const to = usePlaceTo();
  const space = inNamespace(namespace);
  const short = `${shortKind(kind)}/${name}`;
  const { data, error } = useLive<List<StatRow>>(withQuery(`${space}stat/${kind}s/${name}`, { window }));
  const traces = useTracesInRange(namespace, name);
  const isSelf = useCallback((end: EdgeEnd) => end.namespace === namespace && end.workload === `${kind}/${name}`, [namespace, kind, name]);
  const concerns = useCallback((of: string, subject: string) => (of.toLowerCase() === kind && subject === name) || (of === 'Pod' && subject.startsWith(`${name}-`)), [kind, name]);
  const row = data?.items[0];
  return (
    <>
      <PageHead title={name} kicker={`${kind} in ${namespace}${row ? ` · ${row.meshed} of ${row.total} pods in the mesh` : ''}`}>
        <Link className="button" to={to('tap', { target: short, namespace })}>Tap</Link>
        <Link className="button" to={to('topology', { select: `${namespace}/${kind}/${name}` })}>In the topology</Link>
      </PageHead>
      {error ? <Failure error={error} /> : row ? <Tiles row={row} /> : data ? <Empty title="It is gone">No workload has this name any more. Its history is below as long as it is kept.</Empty> : <Loading what="its numbers" />}
      {kind === 'deployment' && <Diagnosis namespace={namespace} kind="deployments" name={name} />}
      <Charts path={`${space}history/${kind}s/${name}`} marks={useMarks(traces.data)} />
      <Pods namespace={namespace} workload={`${kind}/${name}`} window={window} />
      <Routes question={withQuery(`${space}routes/${kind}s/${name}`, { window })} />
      <Peers question={withQuery(`${space}edges/${kind}s/${name}`, { window })} isSelf={isSelf} callees />
      <div className="columns">
        <RecentTraces traces={traces} namespace={namespace} service={name} />
        <Events namespace={namespace} concerns={concerns} />
      </div>
      <Command text={command(['stat', short], { '-n': namespace, '-t': window })} />
    </>
  );
}
