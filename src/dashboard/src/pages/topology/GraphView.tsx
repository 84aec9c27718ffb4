import { useCallback, useMemo, useRef } from 'react';
import { Icon } from '../../components/Icon';
import { EdgeLine } from './EdgeLine';
import type { Graph, GraphNode } from './graph';
import { NodeBox } from './NodeBox';
import type { Point } from './layout';
import { nodeWidth, pathOf, projectAll, type Flow, type Path } from './projection';
import { useSize } from './useSize';
import { useViewport } from './useViewport';
import { flowFor, labelScale } from './viewport';

interface Props {
  graph: Graph;
  positions: ReadonlyMap<string, Point>;
  /** Points that the line between two nodes passes. */
  laneOf(from: string, to: string): readonly Point[];
  /** Key of the chosen node or edge. */
  selected: string;
  /** Nodes that stand out; null when all do. */
  lit: ReadonlySet<string> | null;
  onSelect(key: string): void;
  onOpen(key: string): void;
  onHover(key: string): void;
  onTidy(): void;
}

/** The drawing of the graph. */
export function GraphView({ graph, positions, laneOf, selected, lit, onSelect, onOpen, onHover, onTidy }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const keys = [...graph.nodes.keys()].join(' ');
  const size = useSize(box);
  const flow = useMemo(() => flowFor(positions, size), [positions, size]);
  const shown = useMemo(() => projectAll(positions, flow), [positions, flow]);
  const shape = graph.edges.map(edge => edge.key).join('\n');
  const paths = useMemo(() => pathsOf(graph, shown, laneOf, flow), [shape, shown, laneOf, flow]);
  const points = useCallback(() => [...graph.nodes.keys()].flatMap(key => shown.get(key) ?? []), [keys, shown]);
  const { view, reset, zoomBy, handlers } = useViewport(box, size, nodeWidth(flow), points);
  const scale = labelScale(view.zoom, flow);
  return (
    <>
      <div className="graph" ref={box} {...handlers} tabIndex={0} role="group"
        aria-label="Service graph. Arrow keys move it, plus and minus zoom, zero fits it. The table view lists the same edges.">
        <svg width="100%" height="100%" onClick={event => event.target === event.currentTarget && onSelect('')}>
          <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}>
            {graph.edges.map(edge => {
              const path = paths.get(edge.key);
              return path && (
                <EdgeLine key={edge.key} edge={edge} path={path} selected={edge.key === selected} marked={view.zoom > 0.55} onSelect={onSelect} onHover={onHover}
                  dim={lit !== null && !(lit.has(edge.from) && lit.has(edge.to))} />
              );
            })}
            {[...graph.nodes.values()].map(node => (
              <NodeBox key={node.key} node={node} at={shown.get(node.key)} {...receivedBy(graph, node)} width={nodeWidth(flow)} scale={scale}
                selected={node.key === selected} dim={lit !== null && !lit.has(node.key)} onSelect={onSelect} onOpen={onOpen} onHover={onHover} />
            ))}
          </g>
        </svg>
      </div>
      <div className="graph-tools">
        <button type="button" onClick={() => zoomBy(1.3)} aria-label="Zoom in" title="Zoom in (+)"><Icon name="plus" /></button>
        <button type="button" onClick={() => zoomBy(1 / 1.3)} aria-label="Zoom out" title="Zoom out (-)"><Icon name="minus" /></button>
        <button type="button" onClick={reset} aria-label="Fit the whole graph" title="Fit (0)"><Icon name="fit" /></button>
        <button type="button" onClick={() => { onTidy(); reset(); }} title="Lay out anew what has grown">Tidy</button>
      </div>
    </>
  );
}

function pathsOf(graph: Graph, positions: ReadonlyMap<string, Point>, laneOf: Props['laneOf'], flow: Flow): Map<string, Path> {
  const paths = new Map<string, Path>();
  for (const { key, from, to } of graph.edges) {
    const [start, finish] = [positions.get(from), positions.get(to)];
    if (start && finish) paths.set(key, pathOf(start, finish, laneOf(from, to), flow));
  }
  return paths;
}

/** What a node answered: as it reports itself, else as its callers saw it. */
function receivedBy(graph: Graph, node: GraphNode): { success: number | null; requests: number } {
  if (node.stat) return { success: node.stat.success, requests: node.stat.requests };
  let requests = 0;
  let good = 0;
  for (const edge of graph.edges) {
    if (edge.to !== node.key || edge.success === null) continue;
    requests += edge.requests;
    good += edge.requests * edge.success;
  }
  return { success: requests === 0 ? null : good / requests, requests };
}
