/** Who calls whom, by key. */
export interface Links { nodes: readonly string[]; edges: readonly (readonly [string, string])[] }

/** For each node the column it stands in: one after the last of its callers, cycles aside. */
export function layersOf({ nodes, edges }: Links): Map<string, number> {
  const next = adjacency(nodes, edges);
  const callers = new Set(edges.filter(([from, to]) => from !== to).map(([, to]) => to));
  // Roots first, then by name: the same graph has the same layers whatever the order of its edges.
  const starts = [...nodes].sort((a, b) => Number(callers.has(a)) - Number(callers.has(b)) || (a < b ? -1 : 1));
  const order = depthFirst(starts, next);
  const position = new Map(order.map((key, index) => [key, index]));
  const layers = new Map(order.map(key => [key, 0]));
  for (const key of order) {
    for (const to of next.get(key) ?? []) {
      // An edge that leads back in this order closes a cycle and does not push its target away.
      if ((position.get(to) as number) > (position.get(key) as number)) layers.set(to, Math.max(layers.get(to) as number, (layers.get(key) as number) + 1));
    }
  }
  return layers;
}

export function adjacency(nodes: readonly string[], edges: Links['edges']): Map<string, string[]> {
  const next = new Map<string, string[]>(nodes.map(key => [key, []]));
  for (const [from, to] of edges) {
    if (from !== to) next.get(from)?.push(to);
  }
  for (const list of next.values()) list.sort();
  return next;
}

/** Reverse postorder: callers come before what they call, except along edges that close cycles. */
function depthFirst(starts: readonly string[], next: Map<string, string[]>): string[] {
  const done: string[] = [];
  const seen = new Set<string>();
  const visit = (key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const to of next.get(key) ?? []) visit(to);
    done.push(key);
  };
  starts.forEach(visit);
  return done.reverse();
}
