/** A made-up mesh of any size that answers as the insight API does, for pages that must be tried with more than a machine can run. */
export class SyntheticMesh {
  constructor({ workloads = 150, namespaces = 5, seed = 7 } = {}) {
    this.random = generator(seed);
    this.namespaces = Array.from({ length: namespaces }, (_, index) => ['shop', 'payments', 'search', 'identity', 'platform'][index] ?? `team-${index}`);
    this.nodes = Array.from({ length: workloads }, (_, index) => this.node(index, workloads));
    this.links = this.nodes.flatMap((node, index) => this.linksOf(node, index));
    this.tick();
  }

  node(index, workloads) {
    const words = ['frontend', 'catalog', 'orders', 'users', 'carts', 'ledger', 'mailer', 'index', 'tokens', 'media', 'prices', 'stock', 'routes', 'audit', 'quota'];
    return {
      name: index === 0 ? 'gateway' : `${words[index % words.length]}-${Math.floor(index / words.length) + 1}`,
      namespace: this.namespaces[Math.floor(index / Math.ceil(workloads / this.namespaces.length))],
      layer: index === 0 ? 0 : 1 + Math.floor((index / workloads) * 6),
      base: 0.5 + this.random() * 8,
      fails: index % 23 === 5 ? 0.12 : index % 17 === 3 ? 0.008 : 0,
    };
  }

  linksOf(node, index) {
    const later = this.nodes.filter(other => other.layer === node.layer + 1 || (other.layer === node.layer + 2 && index % 5 === 0));
    const fan = Math.min(later.length, index === 0 ? 12 : 1 + Math.floor(this.random() * 3));
    return Array.from({ length: fan }, (_, turn) => ({ from: node, to: later[(index * 7 + turn * 13) % later.length], rps: 2 + this.random() * 80, plain: index % 31 === 30 }));
  }

  /** A second passes. */
  tick() {
    for (const link of this.links) link.now = link.rps * (0.85 + this.random() * 0.3);
    for (const node of this.nodes) node.success = node.fails === 0 ? 1 : 1 - node.fails * (0.6 + this.random() * 0.8);
  }

  golden(node, rps) {
    const base = node.base * (0.92 + this.random() * 0.16);
    return {
      success: rps === 0 ? null : node.success, rps: round(rps), latencyMs: rps === 0 ? null : { p50: round(base), p95: round(base * 3.1), p99: round(base * (node.fails > 0 ? 40 : 6.4)) },
      requests: Math.round(rps * 30), meshErrors: 0, tcpConnections: 4, mtls: rps === 0 ? null : 1, bytesReceived: Math.round(rps * 9000), bytesSent: Math.round(rps * 40000),
    };
  }

  /** The answer to a path below `/apis/insight.tulle.dev/v1/`, or null. */
  answer(question) {
    const url = new URL(question, 'http://mesh/');
    let parts = url.pathname.split('/').filter(part => part !== '');
    const namespace = parts[0] === 'namespaces' ? parts[1] : null;
    if (namespace) parts = parts.slice(2);
    const [list, kind, name] = parts;
    const nodes = this.nodes.filter(node => (!namespace || node.namespace === namespace) && (!name || kind === 'namespaces' || node.name === name));
    switch (list) {
      case 'stat': return { items: kind === 'namespaces' ? this.namespaces.map(space => this.space(space)) : kind === 'pods' ? nodes.flatMap(node => [0, 1].map(index => ({ ...this.stat(node, kind), kind: 'pod', name: `${node.name}-${index}`, meshed: 1, total: 1 }))) : nodes.map(node => this.stat(node, kind)) };
      case 'edges': return { items: this.links.filter(link => nodes.includes(link.from) || nodes.includes(link.to)).map(link => this.edge(link)) };
      case 'calls': return { items: this.links.filter(link => link.to.fails > 0.05 && (nodes.includes(link.from) || nodes.includes(link.to))).map(link => this.edge(link)).map(({ source, destination, ...numbers }) => ({ source, namespace: destination.namespace, service: destination.service, health: 'failing', ...numbers })) };
      case 'routes': return { items: nodes.slice(0, 20).flatMap(node => [`GET /${node.name}`, `GET /${node.name}/{id}`, null].map((route, index) => ({ namespace: node.namespace, service: node.name, route, ...this.golden(node, this.load(node) / (index + 2)) }))) };
      case 'history': return nodes.length > 50 ? null : this.history(nodes, url.searchParams);
      case 'proxies': return { items: nodes.map((node, index) => ({ namespace: node.namespace, pod: `${node.name}-0`, proxyVersion: '0.1.0', connectedAt: new Date(Date.now() - 3.6e6).toISOString(), resources: [{ resource: 'inbound', sent: 3, acknowledged: index === 9 ? 2 : 3, ...(index === 9 ? { error: 'port 80 is in use' } : {}) }, { resource: `${node.name}.${node.namespace}:80`, sent: 7, acknowledged: 7 }] })) };
      default: return null;
    }
  }

  load(node) {
    return this.links.reduce((sum, link) => sum + (link.to === node ? link.now : 0), 0) || (node.layer === 0 ? 140 : 0);
  }

  stat(node, kind) {
    return { namespace: node.namespace, kind: kind === 'services' ? 'service' : 'deployment', name: node.name, meshed: 2, total: 2, ...this.golden(node, this.load(node)) };
  }

  space(name) {
    const nodes = this.nodes.filter(node => node.namespace === name);
    const worst = nodes.reduce((a, b) => (a.success < b.success ? a : b));
    return { namespace: name, kind: 'namespace', name, meshed: nodes.length * 2, total: nodes.length * 2, ...this.golden(worst, nodes.reduce((sum, node) => sum + this.load(node), 0)) };
  }

  edge(link) {
    const end = node => ({ namespace: node.namespace, workload: `deployment/${node.name}`, identity: `spiffe://cluster.local/ns/${node.namespace}/sa/${node.name}` });
    return { source: end(link.from), destination: { ...end(link.to), service: link.to.name }, ...this.golden(link.to, link.now), mtls: link.plain ? 0 : 1 };
  }

  history(nodes, parameters) {
    const now = Math.floor(Date.now() / 1000);
    const end = Number(parameters.get('end') ?? now);
    const from = Number(parameters.get('start') ?? end - 3600);
    const step = Math.max(10, Math.ceil((end - from) / 360 / 10) * 10);
    const start = from - (from % step);
    const times = Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step);
    return {
      start, step, overflowed: 0,
      items: nodes.map((node, index) => ({
        namespace: node.namespace, kind: 'deployment', name: node.name,
        points: times.map(time => {
          const wave = this.load(node) * (0.75 + 0.25 * Math.sin(time / 400 + index)) * (0.9 + this.random() * 0.2);
          const failing = node.fails > 0 && Math.sin(time / 300 + index) > 0.2;
          const point = this.golden(node, wave);
          return { time, ...point, success: wave === 0 ? null : failing ? 1 - node.fails * this.random() * 1.6 : 1, requests: Math.round(wave * step) };
        }),
      })),
    };
  }
}

const round = value => Math.round(value * 100) / 100;

/** Numbers in [0, 1) that are the same every time. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
