import { useMemo } from 'react';
import type { Edge, EdgeEnd, List } from '../../api/types';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { useLive } from '../../state/useLive';
import { EdgeTable } from '../topology/EdgeTable';

interface Props { question: string; isSelf(end: EdgeEnd): boolean; callees: boolean }

/** Who calls a thing and, for a workload, what it calls. */
export function Peers({ question, isSelf, callees }: Props) {
  const { data, error } = useLive<List<Edge>>(question);
  const callers = useMemo(() => data?.items.filter(edge => isSelf(edge.destination)) ?? [], [data, isSelf]);
  const called = useMemo(() => data?.items.filter(edge => isSelf(edge.source)) ?? [], [data, isSelf]);
  if (error) return <Failure error={error} />;
  if (data === undefined) return <Loading what="the edges" />;
  return (
    <>
      <Panel title="Called by">
        {callers.length === 0 ? <Empty title="No one has called in this window">Choose a longer window to look further back.</Empty> : <EdgeTable edges={callers} without={callees ? 'to' : ''} param="callers" label="Callers" />}
      </Panel>
      {callees && (
        <Panel title="Calls">
          {called.length === 0 ? <Empty title="It called no one in this window" /> : <EdgeTable edges={called} without="name" param="calls" label="Called services" />}
        </Panel>
      )}
    </>
  );
}
