/** Where in an object a list of weighted targets is, and what they are. */
export interface WeightGroup { path: readonly (string | number)[]; label: string; targets: readonly string[]; weights: readonly number[]; field: string }

type Json = Record<string, unknown>;

/** The places of an object that divide traffic: rules of a VirtualService, backends of a TrafficSplit, rules of an HTTPRoute or GRPCRoute. */
export function weightGroups(object: { kind: string; spec?: unknown }): WeightGroup[] {
  const spec = (object.spec ?? {}) as Json;
  switch (object.kind) {
    case 'VirtualService':
      return ['http', 'tls', 'tcp'].flatMap(protocol => rules(spec[protocol]).flatMap((rule, index) =>
        group(['spec', protocol, index, 'route'], describeMatch(rule, protocol, index), rule.route, 1, target => destinationOf((target.destination ?? {}) as Json))));
    case 'TrafficSplit':
      return group(['spec', 'backends'], `requests to ${String(spec.service ?? '?')}`, spec.backends, 0, target => String(target.service));
    case 'HTTPRoute':
    case 'GRPCRoute':
      return rules(spec.rules).flatMap((rule, index) => group(['spec', 'rules', index, 'backendRefs'], `rule ${index + 1}`, rule.backendRefs, 1, target => [target.name, target.port].filter(Boolean).join(':')));
    default:
      return [];
  }
}

const rules = (value: unknown): Json[] => (Array.isArray(value) ? value as Json[] : []);

function group(path: (string | number)[], label: string, list: unknown, missing: number, name: (target: Json) => string): WeightGroup[] {
  const targets = rules(list);
  if (targets.length < 2) return [];
  return [{ path, label, targets: targets.map(name), weights: targets.map(target => weightOf(target.weight, missing)), field: 'weight' }];
}

/** A weight as a number: `90`, and `900m` as old TrafficSplits have it. */
export function weightOf(value: unknown, missing: number): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return missing;
  const number = Number(value.replace(/m$/, ''));
  return Number.isNaN(number) ? missing : value.endsWith('m') ? number / 1000 : number;
}

const destinationOf = (destination: Json): string => [String(destination.host ?? '?'), destination.subset].filter(Boolean).join(' ');

function describeMatch(rule: Json, protocol: string, index: number): string {
  const matches = rules(rule.match).map(match => Object.entries(match).map(([field, value]) => `${field} ${wordsOf(value)}`).join(' and '));
  const name = typeof rule.name === 'string' ? `${rule.name}: ` : '';
  return `${name}${matches.length > 0 ? matches.join(', or ') : protocol === 'http' ? 'every request' : `${protocol} rule ${index + 1}`}`;
}

function wordsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(wordsOf).join(', ');
  return Object.entries(value).map(([name, inner]) => (['exact', 'prefix', 'regex'].includes(name) ? `${name === 'exact' ? '' : `${name} `}${wordsOf(inner)}` : `${name} ${wordsOf(inner)}`)).join(' ');
}

/** Per cent of the whole, which need not be 100. */
export function sharesOf(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map(weight => (sum === 0 ? 0 : (weight / sum) * 100));
}

/** Weights in whole per cent after one was given `share`; the others divide the rest as they did before. */
export function shift(weights: readonly number[], index: number, share: number): number[] {
  const rest = 100 - share;
  const others = weights.map((weight, at) => (at === index ? 0 : weight));
  const sum = others.reduce((total, weight) => total + weight, 0);
  const exact = others.map((weight, at) => (at === index ? share : sum === 0 ? rest / (weights.length - 1) : (weight / sum) * rest));
  const whole = exact.map(Math.floor);
  // What rounding left over goes to those that lost most by it, so that the sum is 100.
  const byLoss = exact.map((value, at) => [value - (whole[at] as number), at] as const).filter(([, at]) => at !== index).sort((a, b) => b[0] - a[0]);
  for (let left = 100 - whole.reduce((total, value) => total + value, 0), turn = 0; left > 0; left--, turn++) {
    const at = byLoss[turn % byLoss.length]?.[1] as number;
    whole[at] = (whole[at] as number) + 1;
  }
  return whole;
}
