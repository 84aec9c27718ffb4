import { Document, parseDocument } from 'yaml';
import type { KubernetesObject } from '../../api/kubernetes';
import type { WeightGroup } from './weights';

/** The fields that people write come first, as they write them. */
const ORDER = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** What `kubectl apply` remembers of its last input: the whole object once more, in one line. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as YAML, without what server and kubectl keep for themselves. */
export function yamlOf(object: KubernetesObject): string {
  const { managedFields: _, annotations: { [LAST_APPLIED]: __, ...annotations } = {}, ...metadata } = object.metadata;
  const shown = Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
  const named = Object.entries({ ...object, metadata: shown }).sort(([a], [b]) => rank(a) - rank(b));
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

/** The object that a text describes, with what `yamlOf` left out of `original`. */
export function objectOf(text: string, original: KubernetesObject): KubernetesObject {
  const object = parseDocument(text).toJS() as KubernetesObject;
  const { managedFields, annotations } = original.metadata;
  const lastApplied = annotations?.[LAST_APPLIED];
  const metadata = { ...object.metadata };
  if (managedFields !== undefined) metadata.managedFields = managedFields;
  if (lastApplied !== undefined) metadata.annotations = { ...metadata.annotations, [LAST_APPLIED]: lastApplied };
  return { ...object, metadata };
}
