import { memo, type KeyboardEvent } from 'react';
import { health } from '../../format/health';
import { percent, rate } from '../../format/numbers';
import type { GraphNode } from './graph';
import { NODE_HEIGHT, type Point } from './layout';
import { overflows } from './viewport';

interface Props {
  node: GraphNode;
  at: Point | undefined;
  success: number | null;
  requests: number;
  width: number;
  scale: number;
  selected: boolean;
  dim: boolean;
  onSelect(key: string): void;
  onOpen(key: string): void;
  onHover(key: string): void;
}

/** A workload. Chosen with a click or Space, opened with a double click or Enter. */
export const NodeBox = memo(function NodeBox({ node, at, success, requests, width, scale, selected, dim, onSelect, onOpen, onHover }: Props) {
  if (!at) return null;
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onOpen(node.key);
    else if (event.key === ' ') onSelect(node.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const detail = node.kind === 'outside' ? 'outside the mesh' : node.kind === 'service' ? 'no server found' : node.stat ? `${percent(success)} · ${rate(node.stat.rps)} rps` : node.namespace;
  const left = -width / 2;
  return (
    <g className={`node n-${node.kind} h-${health(success, requests)}${selected ? ' is-selected' : ''}${dim ? ' is-dim' : ''}`} data-node={node.key}
      transform={`translate(${at.x} ${at.y})`} tabIndex={0} role="button" aria-pressed={selected} aria-label={`${node.name} ${detail}`}
      onClick={() => onSelect(node.key)} onDoubleClick={() => onOpen(node.key)} onKeyDown={keys}
      onPointerEnter={() => onHover(node.key)} onPointerLeave={() => onHover('')} onFocus={() => onHover(node.key)} onBlur={() => onHover('')}>
      <rect className="node-box" x={left} y={-NODE_HEIGHT / 2} width={width} height={NODE_HEIGHT} rx={7} />
      <rect className="node-mark" x={left} y={-NODE_HEIGHT / 2 + 8} width={3.5} height={NODE_HEIGHT - 16} rx={1.75} />
      <svg x={left + 14} y={-NODE_HEIGHT / 2} width={width - 22} height={NODE_HEIGHT} overflow="hidden">
        <text className="node-name" y={NODE_HEIGHT / 2 + (scale > 1 ? 5 * scale : -3)} fontSize={13 * scale}>{node.name}</text>
      </svg>
      {overflows(node.name, scale, width) && <path className="node-cut" d={`M${-left - 6} ${-4 * scale}v${8 * scale}`} />}
      {scale === 1 && <text className="node-detail" x={left + 14} y={13} fontSize={11}>{detail}</text>}
    </g>
  );
});
