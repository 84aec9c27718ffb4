import { memo } from 'react';
import { health } from '../../format/health';
import type { GraphEdge } from './graph';
import type { Point } from './layout';
import type { Path } from './projection';

interface Props {
  edge: GraphEdge;
  path: Path;
  selected: boolean;
  dim: boolean;
  /** Whether there is room for a lock on a secured line; one that is not secured always has its mark. */
  marked: boolean;
  onSelect(key: string): void;
  onHover(key: string): void;
}

/** Traffic between two nodes: colour is success, thickness is requests per second, a lock says that all of it is secured. */
export const EdgeLine = memo(function EdgeLine({ edge, path, selected, dim, marked, onSelect, onHover }: Props) {
  const secured = edge.mtls !== null && edge.mtls >= 1;
  return (
    <g className={`edge h-${health(edge.success, edge.requests)}${selected ? ' is-selected' : ''}${dim ? ' is-dim' : ''}`} data-edge={edge.key}
      onClick={() => onSelect(edge.key)} onPointerEnter={() => onHover(edge.key)} onPointerLeave={() => onHover('')}>
      <path className="edge-reach" d={path.d} />
      <path className="edge-line" d={path.d} strokeWidth={thickness(edge.rps)} />
      {edge.mtls !== null && (marked || !secured) && <Lock at={path.middle} open={!secured} />}
    </g>
  );
});

/** Pixels; the tenfold traffic is some two pixels more. */
export const thickness = (rps: number): number => Math.min(9, 1 + Math.log2(1 + rps) * 0.75);

function Lock({ at, open }: { at: Point; open: boolean }) {
  return (
    <g className={`edge-lock${open ? ' is-open' : ''}`} transform={`translate(${at.x} ${at.y})`}>
      <circle r={8} />
      <path d={open ? 'M-2.6-.6V-2.4A2.6 2.6 0 0 1 2-3.6M-3.8-.6h7.6V4h-7.6z' : 'M-2.6-.6V-2.2a2.6 2.6 0 0 1 5.2 0V-.6M-3.8-.6h7.6V4h-7.6z'} />
    </g>
  );
}
