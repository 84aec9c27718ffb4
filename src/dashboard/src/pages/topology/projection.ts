import { NODE_HEIGHT, type Point } from './layout';

/** Which way calls flow on the screen: down where the screen is taller than wide. */
export type Flow = 'right' | 'down';

/** Pixels; narrower where columns of the layout are rows of the screen, beside each other. */
export const nodeWidth = (flow: Flow): number => (flow === 'right' ? 190 : 138);

/** A drawn line, and its middle, where its mark stands. */
export interface Path { d: string; middle: Point }

/** Where a place of the layout, whose columns go to the right, is on the screen. */
export const project = (point: Point, flow: Flow): Point => (flow === 'right' ? point : { x: point.y * 2.2, y: point.x * 0.42 });

/** The line of an edge by way of its lane. */
export function pathOf(from: Point, to: Point, lane: readonly Point[], flow: Flow): Path {
  if (from === to) return loop(project(from, flow));
  const forward = to.x > from.x;
  const [start, finish] = [leave(project(from, flow), flow, 1), leave(project(to, flow), flow, -1)];
  if (!forward) return curve(start, finish, flow, 100, Math.sign(to.y - from.y || 1) * 60);
  const points = [start, ...lane.map(point => project(point, flow)), finish];
  const pieces = points.slice(1).map((point, index) => curve(points[index] as Point, point, flow));
  // The middle of the first piece is next to the caller, away from where many lines meet.
  return { d: pieces.map((piece, index) => (index === 0 ? piece.d : piece.d.replace(/^M\S+ \S+?(?=C)/, ''))).join(''), middle: (pieces[Math.floor((pieces.length - 1) / 2)] as Path).middle };
}

/** The side of a node on which lines leave (1) or arrive (-1). */
function leave(point: Point, flow: Flow, side: number): Point {
  return flow === 'right' ? { x: point.x + (side * nodeWidth(flow)) / 2, y: point.y } : { x: point.x, y: point.y + (side * NODE_HEIGHT) / 2 };
}

function curve(start: Point, finish: Point, flow: Flow, reach?: number, bow = 0): Path {
  const [c1, c2] = flow === 'right' ? controls(start, finish, reach, bow) : controls(flip(start), flip(finish), reach, bow).map(flip) as [Point, Point];
  return {
    d: `M${start.x} ${start.y}C${c1.x} ${c1.y} ${c2.x} ${c2.y} ${finish.x} ${finish.y}`,
    middle: { x: (start.x + 3 * c1.x + 3 * c2.x + finish.x) / 8, y: (start.y + 3 * c1.y + 3 * c2.y + finish.y) / 8 },
  };
}

function controls(start: Point, finish: Point, reach = Math.max(24, (finish.x - start.x) / 2), bow: number): [Point, Point] {
  return [{ x: start.x + reach, y: start.y + bow }, { x: finish.x - reach, y: finish.y - bow }];
}

const flip = ({ x, y }: Point): Point => ({ x: y, y: x });

function loop({ x, y }: Point): Path {
  const top = y - NODE_HEIGHT / 2;
  return { d: `M${x + 30} ${top}C${x + 40} ${top - 34} ${x - 40} ${top - 34} ${x - 30} ${top}`, middle: { x, y: top - 25 } };
}
