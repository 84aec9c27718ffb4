import { useSpark } from '../state/histories';
import { Stitches } from './Stitches';

/** The last minutes of a workload or service. */
export function Spark({ kind, namespace, name }: { kind: 'deployments' | 'services'; namespace: string; name: string }) {
  return <Stitches points={useSpark(kind, namespace, name)} />;
}
