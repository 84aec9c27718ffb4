import type { ReactNode } from 'react';
import { Mtls } from '../../components/Badge';
import { Link, usePlaceTo } from '../../components/Link';
import { Success } from '../../components/Success';
import { WorkloadLink } from '../../components/Things';
import { latency, rate } from '../../format/numbers';
import { shortKind, shortName } from '../../format/names';
import type { Graph, GraphEdge, GraphNode } from './graph';

/** The numbers of the node or edge that is pointed at, else of the chosen one. */
export function Details({ graph, subject, onFocus, focused }: { graph: Graph; subject: string; onFocus(key: string): void; focused: string }) {
  const node = graph.nodes.get(subject);
  const edge = graph.edges.find(candidate => candidate.key === subject);
  if (!node && !edge) return <p className="graph-hint">Point at something for its numbers. Click chooses, double click opens.</p>;
  return <aside className="graph-details" aria-label="Details">{node ? <NodeDetails node={node} graph={graph} onFocus={onFocus} focused={focused} /> : edge && <EdgeDetails edge={edge} graph={graph} />}</aside>;
}

function NodeDetails({ node, graph, onFocus, focused }: { node: GraphNode; graph: Graph; onFocus(key: string): void; focused: string }) {
  const to = usePlaceTo();
  const [callers, called] = [graph.edges.filter(edge => edge.to === node.key).length, graph.edges.filter(edge => edge.from === node.key).length];
  return (
    <>
      <h2>{node.name}</h2>
      <p className="muted">{[node.namespace, node.workload && shortKind(node.workload.split('/')[0] as string)].filter(Boolean).join(' · ') || 'outside the mesh'}</p>
      {node.stat && <Facts facts={[['Success', <Success key="s" share={node.stat.success} requests={node.stat.requests} />], ['RPS', rate(node.stat.rps)], ['P50', latency(node.stat.latencyMs?.p50)], ['P99', latency(node.stat.latencyMs?.p99)], ['Pods', `${node.stat.meshed}/${node.stat.total}`], ['mTLS', <Mtls key="m" share={node.stat.mtls} />]]} />}
      <p className="muted">{callers} {callers === 1 ? 'caller' : 'callers'}, calls {called}</p>
      <div className="graph-actions">
        {node.workload && <Link className="button" to={to('workload', { id: `${node.namespace}/${node.workload}` })}>Open</Link>}
        {node.workload && <Link className="button" to={to('tap', { target: `${shortKind(node.workload.split('/')[0] as string)}/${shortName(node.workload)}`, namespace: node.namespace })}>Tap</Link>}
        <button type="button" aria-pressed={focused === node.key} onClick={() => onFocus(focused === node.key ? '' : node.key)}>{focused === node.key ? 'Show all' : 'Only its neighbours'}</button>
      </div>
    </>
  );
}

function EdgeDetails({ edge, graph }: { edge: GraphEdge; graph: Graph }) {
  const to = usePlaceTo();
  const [from, target] = [graph.nodes.get(edge.from), graph.nodes.get(edge.to)];
  const slowest = edge.parts.reduce((most, part) => Math.max(most, part.latencyMs?.p99 ?? 0), 0);
  return (
    <>
      <h2>{from?.workload ? <WorkloadLink namespace={from.namespace} workload={from.workload} /> : from?.name} → {target?.workload ? <WorkloadLink namespace={target.namespace} workload={target.workload} /> : target?.name}</h2>
      <p className="muted">asks for {[...new Set(edge.parts.map(part => part.destination.service ?? 'an address'))].join(', ')}</p>
      <Facts facts={[['Success', <Success key="s" share={edge.success} requests={edge.requests} />], ['RPS', rate(edge.rps)], ['P99', latency(slowest || null)], ['Mesh errors', String(edge.parts.reduce((sum, part) => sum + part.meshErrors, 0))], ['TCP open', String(edge.tcpConnections)], ['mTLS', <Mtls key="m" share={edge.mtls} />]]} />
      {from?.workload && target && (
        <div className="graph-actions">
          <Link className="button" to={to('tap', { target: `deploy/${from.name}`, namespace: from.namespace, direction: 'out', to: target.workload ? `deploy/${target.name}` : `svc/${target.name}` })}>Tap</Link>
        </div>
      )}
    </>
  );
}

const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
);
