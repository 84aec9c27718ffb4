import { layersOf, type Links } from './layers';

export interface Point { x: number; y: number }

export const NODE_HEIGHT = 44;
const COLUMN = 302;
const ROW = 68;
/** Room for a line that passes through a column on its way to a later one. */
const LANE = 24;
const SWEEPS = 10;

/**
 * Places nodes in columns from callers to what they call. What has been placed never moves: nodes that appear later are put where
 * there is room, near their neighbours, and places of nodes that are gone are kept for their return.
 */
export class GraphLayout {
  private readonly places = new Map<string, Point>();
  private readonly lanes = new Map<string, Point[]>();

  /** Points that the line from one node to another passes between the two, so that it does not run behind others. */
  lane(from: string, to: string): readonly Point[] { return this.lanes.get(`${from}>${to}`) ?? []; }

  /** Forgets all places, so that the next `place` draws the graph anew. */
  clear(): void {
    this.places.clear();
    this.lanes.clear();
  }

  place(links: Links): ReadonlyMap<string, Point> {
    const fresh = links.nodes.filter(key => !this.places.has(key));
    if (fresh.length === 0) return this.places;
    // Where most is new there is nothing to recognise, and a whole drawing is the better one.
    if (fresh.length * 2 > links.nodes.length) this.placeAll(links);
    else this.placeFresh(links, fresh);
    return this.places;
  }

  private placeAll(links: Links): void {
    this.clear();
    const { columns, near, lanes } = withLanes(links);
    const sizes = (column: readonly string[]) => column.map(key => (lanes.has(key) ? LANE : ROW));
    columns.forEach((column, layer) => spread(column.map(() => 0), sizes(column)).forEach((y, row) => this.places.set(column[row] as string, { x: layer * COLUMN, y })));
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) this.settle(column, near, sizes);
    }
    for (const [key, edge] of lanes) {
      const point = this.places.get(key) as Point;
      this.places.delete(key);
      this.lanes.set(edge, [...this.lanes.get(edge) ?? [], point].sort((a, b) => a.x - b.x));
    }
  }

  /** Orders a column by where its neighbours are, and moves each node as near to them as its own neighbours in the column allow. */
  private settle(column: string[], near: Map<string, string[]>, sizes: (column: readonly string[]) => number[]): void {
    const wish = new Map(column.map(key => [key, this.wishOf(key, near)]));
    column.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number) || (a < b ? -1 : 1));
    const ys = spread(column.map(key => wish.get(key) as number), sizes(column));
    column.forEach((key, row) => this.places.set(key, { x: (this.places.get(key) as Point).x, y: ys[row] as number }));
  }

  private wishOf(key: string, near: Map<string, string[]>): number {
    const ys = (near.get(key) ?? []).map(other => this.places.get(other)?.y).filter(y => y !== undefined);
    return ys.length === 0 ? this.places.get(key)?.y ?? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length;
  }

  private placeFresh(links: Links, fresh: readonly string[]): void {
    const near = neighbours(links);
    const layers = layersOf(links);
    for (const key of [...fresh].sort((a, b) => (layers.get(a) as number) - (layers.get(b) as number) || (a < b ? -1 : 1))) {
      const columnOf = (keys: readonly string[]) => keys.map(other => this.places.get(other)?.x).filter(x => x !== undefined);
      const callers = columnOf(links.edges.filter(([, to]) => to === key).map(([from]) => from));
      const called = columnOf(links.edges.filter(([from]) => from === key).map(([, to]) => to));
      const x = callers.length > 0 ? Math.max(...callers) + COLUMN : called.length > 0 ? Math.min(...called) - COLUMN : 0;
      this.places.set(key, { x, y: this.roomAt(x, this.wishOf(key, near)) });
    }
  }

  /** The height nearest to `wish` where a node has room in the column. */
  private roomAt(x: number, wish: number): number {
    const taken = [...this.places.values()].filter(place => place.x === x).map(place => place.y);
    const free = (y: number) => taken.every(other => Math.abs(other - y) >= ROW);
    const candidates = [wish, ...taken.flatMap(y => [y - ROW, y + ROW])].filter(free);
    return candidates.reduce((best, y) => (Math.abs(y - wish) < Math.abs(best - wish) ? y : best), candidates[0] as number);
  }
}

function neighbours(links: Links): Map<string, string[]> {
  const near = new Map<string, string[]>(links.nodes.map(key => [key, []]));
  for (const [from, to] of links.edges) {
    if (from === to) continue;
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  return near;
}

/** Columns of nodes, with a lane in each column that an edge passes. `lanes` tells which edge a lane is for. */
function withLanes(links: Links): { columns: string[][]; near: Map<string, string[]>; lanes: Map<string, string> } {
  const layers = layersOf(links);
  const columns: string[][] = [];
  for (const [key, layer] of [...layers].sort(([a], [b]) => (a < b ? -1 : 1))) (columns[layer] ??= []).push(key);
  const lanes = new Map<string, string>();
  const pieces: [string, string][] = [];
  for (const [from, to] of links.edges) {
    const [first, last] = [layers.get(from) as number, layers.get(to) as number];
    let before = from;
    for (let layer = first + 1; layer < last; layer++) {
      const lane = `${from}>${to}#${layer}`;
      lanes.set(lane, `${from}>${to}`);
      columns[layer]?.push(lane);
      pieces.push([before, lane]);
      before = lane;
    }
    pieces.push([before, to]);
  }
  return { columns, near: neighbours({ nodes: [...links.nodes, ...lanes.keys()], edges: pieces }), lanes };
}

/** Heights of things of these sizes, in the given order without overlap, each as near to its wish as crowded blocks allow. */
export function spread(wishes: readonly number[], sizes: readonly number[]): number[] {
  // How far each lies below the first when all are packed.
  const packed = sizes.map(() => 0);
  for (let index = 1; index < sizes.length; index++) packed[index] = (packed[index - 1] as number) + ((sizes[index - 1] as number) + (sizes[index] as number)) / 2;
  const blocks: { sum: number; size: number }[] = [];
  wishes.forEach((wish, index) => {
    blocks.push({ sum: wish - (packed[index] as number), size: 1 });
    for (;;) {
      const [before, last] = blocks.slice(-2);
      if (!before || !last || before.sum / before.size <= last.sum / last.size) break;
      blocks.splice(-2, 2, { sum: before.sum + last.sum, size: before.size + last.size });
    }
  });
  return blocks.flatMap(block => Array.from({ length: block.size }, () => block.sum / block.size)).map((base, index) => base + (packed[index] as number));
}
