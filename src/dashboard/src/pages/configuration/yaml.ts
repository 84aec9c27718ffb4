import { Document, parseDocument } from 'yaml';
import type { KubernetesObject } from '../../api/kubernetes';
import type { WeightGroup } from './weights';

/** The fields that people write come first, as they write them. */
const ORDER = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** An object as YAML, without what the server keeps for itself. */
export function yamlOf(object: KubernetesObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  const named = Object.entries({ ...object, metadata }).sort(([a], [b]) => rank(a) - rank(b));
  const document = new Document(Object.fromEntries(named), { aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0 });
}

const rank = (key: string): number => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1);

/** The text with other weights, and everything else as it is. */
export function withWeights(text: string, changes: readonly (readonly [WeightGroup, readonly number[]])[]): string {
  const document = parseDocument(text);
  for (const [group, weights] of changes) {
    weights.forEach((weight, index) => document.setIn([...group.path, index, group.field], weight));
  }
  return document.toString({ lineWidth: 0 });
}

/** The object that a text describes, with what the server keeps of `original`. */
export function objectOf(text: string, original: KubernetesObject): KubernetesObject {
  const object = parseDocument(text).toJS() as KubernetesObject;
  const { managedFields } = original.metadata;
  return managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}
