import type { Edge, EdgeEnd, StatRow } from '../../api/types';
import { endName } from '../../format/names';

/** A workload, a service that no server was found for, or somebody outside the mesh. */
export interface GraphNode { key: string; kind: 'workload' | 'service' | 'outside'; namespace: string; name: string; workload: string | null; stat: StatRow | undefined }

/** All traffic from one node to another. */
export interface GraphEdge {
  key: string;
  from: string;
  to: string;
  rps: number;
  requests: number;
  success: number | null;
  mtls: number | null;
  tcpConnections: number;
  parts: readonly Edge[];
}

export interface Graph { nodes: ReadonlyMap<string, GraphNode>; edges: readonly GraphEdge[] }

export function nodeKey(end: EdgeEnd): string {
  if (end.workload) return `${end.namespace ?? ''}/${end.workload}`;
  if (end.service) return `${end.namespace ?? ''}/service/${end.service}`;
  return `outside/${end.identity ?? ''}`;
}

/** The workloads that have been seen to answer for a service, by `namespace/service`. */
export type Serving = ReadonlyMap<string, ReadonlySet<string>>;

/** Adds to `serving` what the edges show. */
export function learnServing(serving: Map<string, Set<string>>, edges: readonly Edge[]): void {
  for (const { destination: { namespace, service, workload } } of edges) {
    if (!service || !workload) continue;
    const key = `${namespace}/${service}`;
    const known = serving.get(key);
    if (known) known.add(workload);
    else serving.set(key, new Set([workload]));
  }
}

/**
 * Requests that reached no server, such as with an injected fault or an open circuit breaker, belong to the line to the workload
 * that answers for the service, where only one does.
 */
function serverOf(end: EdgeEnd, serving: Serving): EdgeEnd {
  if (end.workload || !end.service) return end;
  const known = serving.get(`${end.namespace}/${end.service}`);
  return known?.size === 1 ? { ...end, workload: [...known][0] as string } : end;
}

/** The graph of a list of edges; several services between the same two workloads are one line. */
export function graphOf(seen: readonly Edge[], stats: readonly StatRow[] = [], serving: Serving = new Map()): Graph {
  const edges = seen.map(edge => ({ ...edge, destination: serverOf(edge.destination, serving) }));
  const rows = new Map(stats.map(row => [`${row.namespace}/${row.kind}/${row.name}`, row]));
  const nodes = new Map<string, GraphNode>();
  const lines = new Map<string, Edge[]>();
  for (const edge of edges) {
    const [from, to] = [edge.source, edge.destination].map(end => {
      const key = nodeKey(end);
      if (!nodes.has(key)) nodes.set(key, nodeOf(key, end, rows.get(key)));
      return key;
    }) as [string, string];
    const key = `${from}>${to}`;
    const parts = lines.get(key);
    if (parts) parts.push(edge);
    else lines.set(key, [edge]);
  }
  return { nodes, edges: [...lines].map(([key, parts]) => merge(key, parts)) };
}

function nodeOf(key: string, end: EdgeEnd, stat: StatRow | undefined): GraphNode {
  const kind = end.workload ? 'workload' : end.service ? 'service' : 'outside';
  return { key, kind, namespace: end.namespace ?? '', name: endName(end), workload: end.workload, stat };
}

function merge(key: string, parts: readonly Edge[]): GraphEdge {
  const sum = (value: (edge: Edge) => number) => parts.reduce((total, edge) => total + value(edge), 0);
  const requests = sum(edge => edge.requests);
  const [from, to] = key.split('>') as [string, string];
  const known = parts.filter(edge => edge.mtls !== null && edge.mtls !== undefined);
  return {
    key, from, to, requests, parts,
    rps: sum(edge => edge.rps),
    success: requests === 0 ? null : sum(edge => (edge.success ?? 0) * edge.requests) / requests,
    mtls: known.length === 0 ? null : Math.min(...known.map(edge => edge.mtls as number)),
    tcpConnections: sum(edge => edge.tcpConnections ?? 0),
  };
}

/** A node, and everything that it calls or that calls it. */
export function neighbourhood(graph: Graph, key: string): ReadonlySet<string> {
  const near = new Set([key]);
  for (const edge of graph.edges) {
    if (edge.from === key) near.add(edge.to);
    if (edge.to === key) near.add(edge.from);
  }
  return near;
}
