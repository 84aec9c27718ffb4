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
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { Charts } from '../workload/Charts';
import { Events } from '../workload/Events';
import { Peers } from '../workload/Peers';
import { RecentTraces, useMarks, useTracesInRange } from '../workload/RecentTraces';
import { Routes } from '../workload/Routes';
import { Diagnosis } from './Diagnosis';
import { Effective } from './Effective';
import { Endpoints } from './Endpoints';
import { Versions } from './Versions';

/** Everything about one service. `id` is `namespace/name`. */
export default function Service() {
  const [id] = useParam('id');
  const [namespace, name] = id.split('/');
  if (!namespace || !name) return <Empty title="Which service?">Choose one on the overview.</Empty>;
  return <ServiceOf key={id} namespace={namespace} name={name} />;
}

function ServiceOf({ namespace, name }: { namespace: string; name: string }) {
  const window = useWindow();
  const to = usePlaceTo();
  const space = inNamespace(namespace);
  const { data, error } = useLive<List<StatRow>>(withQuery(`${space}stat/services/${name}`, { window }));
  const traces = useTracesInRange(namespace, name);
  const isSelf = useCallback((end: EdgeEnd) => end.namespace === namespace && end.service === name, [namespace, name]);
  const concerns = useCallback((kind: string, subject: string) => subject === name || (kind === 'Pod' && subject.startsWith(`${name}-`)), [name]);
  const row = data?.items[0];
  const marks = useMarks(traces.data);
  return (
    <>
      <PageHead title={name} kicker={`service in ${namespace}`}>
        <Link className="button" to={to('tap', { target: `svc/${name}`, namespace })}>Tap</Link>
        <Link className="button" to={to('traces', { service: name, namespace })}>Traces</Link>
      </PageHead>
      {error ? <Failure error={error} /> : row ? <Tiles row={row} /> : data ? <Empty title="It is gone">No service has this name any more.</Empty> : <Loading what="its numbers" />}
      {error?.status !== 404 && (
        <>
          <Diagnosis namespace={namespace} kind="services" name={name} />
          <Versions namespace={namespace} name={name} window={window} />
          <Charts path={`${space}history/services/${name}`} marks={marks} />
          <Endpoints namespace={namespace} name={name} />
          <Effective namespace={namespace} name={name} />
          <Routes question={withQuery(`${space}routes/services/${name}`, { window })} />
          <Peers question={withQuery(`${space}edges/services/${name}`, { window })} isSelf={isSelf} callees={false} />
          <div className="columns">
            <RecentTraces traces={traces} namespace={namespace} service={name} />
            <Events namespace={namespace} concerns={concerns} />
          </div>
        </>
      )}
      <Command text={command(['diagnose', name], { '-n': namespace })} />
    </>
  );
}
