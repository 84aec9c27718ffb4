import { NODE_HEIGHT, type Point } from './layout';

/** Which way calls flow on the screen: down where the screen is taller than wide; in rows of a few nodes on a phone. */
export type Flow = 'right' | 'down' | 'rows';

/** Pixels; narrower where columns of the layout are rows of the screen, beside each other. */
export const nodeWidth = (flow: Flow): number => ({ right: 220, down: 138, rows: 178 })[flow];

/** Nodes beside each other in a row, and pixels from one to the next, that let their names be read on a phone. */
const ROW_NODES = 3;
const BESIDE = 186;
const BELOW = 64;

/** A drawn line, and its middle, where its mark stands. */
export interface Path { d: string; middle: Point }

/** Where a place of the layout, whose columns go to the right, is on the screen. */
export function projectAll(places: ReadonlyMap<string, Point>, flow: Flow): ReadonlyMap<string, Point> {
  return flow === 'rows' ? inRows(places) : new Map([...places].map(([key, point]) => [key, project(point, flow)]));
}

const project = (point: Point, flow: Flow): Point => (flow === 'down' ? { x: point.y * 2.2, y: point.x * 0.42 } : point);

/** Columns of the layout below each other, each in as many rows as it takes, in its order. */
function inRows(places: ReadonlyMap<string, Point>): ReadonlyMap<string, Point> {
  const columns = new Map<number, string[]>();
  for (const [key, { x }] of places) columns.set(x, [...columns.get(x) ?? [], key]);
  const shown = new Map<string, Point>();
  let row = 0;
  for (const [, keys] of [...columns].sort(([a], [b]) => a - b)) {
    keys.sort((a, b) => (places.get(a) as Point).y - (places.get(b) as Point).y);
    const length = Math.ceil(keys.length / Math.ceil(keys.length / ROW_NODES));
    for (let first = 0; first < keys.length; first += length, row++) {
      const beside = keys.slice(first, first + length);
      beside.forEach((key, index) => shown.set(key, { x: (index - (beside.length - 1) / 2) * BESIDE, y: row * BELOW }));
    }
  }
  return shown;
}

/** The line of an edge between two places of the screen, by way of its lane in the layout. */
export function pathOf(from: Point, to: Point, lane: readonly Point[], flow: Flow): Path {
  if (from === to) return loop(from);
  const [along, across] = flow === 'right' ? [to.x - from.x, to.y - from.y] : [to.y - from.y, to.x - from.x];
  const [start, finish] = [leave(from, flow, 1), leave(to, flow, -1)];
  if (along <= 0) return curve(start, finish, flow, 100, Math.sign(across || 1) * 60);
  const points = [start, ...(flow === 'rows' ? [] : lane.map(point => project(point, flow))), finish];
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
