import { useCallback, useMemo, useState } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { Edge, List, StatRow } from '../../api/types';
import { Command } from '../../components/Command';
import { Filter, Switch, useNamespace, useWindow } from '../../components/Controls';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead } from '../../components/Panel';
import { command, inNamespaces } from '../../format/command';
import { endName, matches } from '../../format/names';
import { placeFrom } from '../../state/location';
import { useLive } from '../../state/useLive';
import { go, here, useParam } from '../../state/usePlace';
import { Details } from './Details';
import { EdgeTable } from './EdgeTable';
import { graphOf, learnServing, neighbourhood, type Graph } from './graph';
import { GraphView } from './GraphView';
import { GraphLayout } from './layout';

/** Layouts outlive the page, so that the graph looks the same when the user comes back to it. */
const layouts = new Map<string, GraphLayout>();

/** What is known of who answers for a service stays known while nobody reaches it. */
const serving = new Map<string, Set<string>>();

/** Who speaks to whom. */
export default function Topology() {
  const namespace = useNamespace();
  const window = useWindow();
  const [view, setView] = useParam('view', 'graph');
  const edges = useLive<List<Edge>>(withQuery(`${inNamespace(namespace)}edges`, { window }));
  const stats = useLive<List<StatRow>>(withQuery(`${inNamespace(namespace)}stat/deployments`, { window }));
  const items = edges.data?.items;
  const [filter] = useParam('filter');
  return (
    <div className="view view-topology">
      <PageHead title="Topology" kicker={items && `${items.length} edges between ${new Set(items.flatMap(edge => [endName(edge.source), endName(edge.destination)])).size} workloads`}>
        <Switch label="View" value={view} onChange={setView} options={[['graph', 'Graph'], ['table', 'Table']]} />
        <Filter placeholder="find a workload …" />
      </PageHead>
      {edges.error && <Failure error={edges.error} />}
      {items === undefined ? !edges.error && <Loading what="the edges" />
        : items.length === 0 ? <div className="panel"><Empty title="No one has spoken yet" command={command(['edges'], inNamespaces(namespace))}>Edges appear with the first request in the last {window}. Choose a longer window, or send some traffic.</Empty></div>
          : view === 'table' ? <div className="panel"><EdgeTable edges={items.filter(edge => matches(filter, endName(edge.source), endName(edge.destination), edge.destination.service))} /></div>
            : <Drawing edges={items} stats={stats.data?.items ?? NONE} space={namespace} filter={filter} />}
      <Command text={command(['edges'], { ...inNamespaces(namespace), '-t': window })} />
    </div>
  );
}

const NONE: StatRow[] = [];

function Drawing({ edges, stats, space, filter }: { edges: readonly Edge[]; stats: readonly StatRow[]; space: string; filter: string }) {
  const [selected, select] = useParam('select');
  const [focus, setFocus] = useParam('focus');
  const [hovered, setHovered] = useState('');
  const [tidied, setTidied] = useState(0);
  const whole = useMemo(() => {
    learnServing(serving, edges);
    return graphOf(edges, stats, serving);
  }, [edges, stats]);
  const graph = useMemo(() => (whole.nodes.has(focus) ? around(whole, focus) : whole), [whole, focus]);
  const layout = layouts.get(space) ?? new GraphLayout();
  layouts.set(space, layout);
  const shape = whole.edges.map(edge => edge.key).sort().join('\n');
  const positions = useMemo(() => new Map(layout.place({ nodes: [...whole.nodes.keys()], edges: whole.edges.map(edge => [edge.from, edge.to] as const) })), [shape, layout, tidied]);
  const laneOf = useCallback((from: string, to: string) => layout.lane(from, to), [layout]);
  const lit = useMemo(() => litBy(graph, hovered, selected, filter), [graph, hovered, selected, filter]);
  const open = useCallback((key: string) => {
    const node = whole.nodes.get(key);
    if (node?.workload) go(placeFrom(here(), 'workload', { id: `${node.namespace}/${node.workload}` }));
    else if (node?.kind === 'service') go(placeFrom(here(), 'service', { id: `${node.namespace}/${node.name}` }));
  }, [whole]);
  const tidy = () => {
    layout.clear();
    setTidied(value => value + 1);
  };
  return (
    <div className="graph-frame">
      <GraphView graph={graph} positions={positions} laneOf={laneOf} selected={selected} lit={lit} onSelect={select} onOpen={open} onHover={setHovered} onTidy={tidy} />
      <Details graph={graph} subject={hovered || selected || focus} onFocus={setFocus} focused={focus} />
    </div>
  );
}

function around(graph: Graph, key: string): Graph {
  const near = neighbourhood(graph, key);
  return { nodes: new Map([...graph.nodes].filter(([node]) => near.has(node))), edges: graph.edges.filter(edge => near.has(edge.from) && near.has(edge.to)) };
}

/** What stands out: what is pointed at and its neighbours, else what was searched, else what is chosen. */
function litBy(graph: Graph, hovered: string, selected: string, filter: string): ReadonlySet<string> | null {
  const key = hovered || (filter === '' ? selected : '');
  const edge = graph.edges.find(candidate => candidate.key === key);
  if (edge) return new Set([edge.from, edge.to]);
  if (graph.nodes.has(key)) return neighbourhood(graph, key);
  if (filter === '') return null;
  return new Set([...graph.nodes.values()].filter(node => matches(filter, node.name, node.namespace)).map(node => node.key));
}
