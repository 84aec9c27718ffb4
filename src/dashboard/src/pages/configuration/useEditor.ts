import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError, get, request } from '../../api/client';
import { objectPath, type KubernetesObject } from '../../api/kubernetes';
import { shift, sharesOf, weightGroups, type WeightGroup } from './weights';
import { objectOf, withWeights, yamlOf } from './yaml';

/** Milliseconds after the last movement of a slider before the server is asked what it thinks. */
const CHECK_AFTER = 350;

export interface Verdict { kind: 'warning' | 'error' | 'conflict' | 'done'; texts: string[] }

export interface Editor {
  object: KubernetesObject | undefined;
  error: ApiError | undefined;
  /** The object as it is, and as it would be. */
  before: string;
  after: string;
  groups: readonly WeightGroup[];
  weights: readonly (readonly number[])[];
  changed: boolean;
  busy: boolean;
  /** What the dry run or the change itself brought. */
  verdict: Verdict | null;
  move(group: number, target: number, share: number): void;
  reset(): void;
  apply(): void;
  reload(): void;
}

/** Reads an object, tries changes of its weights with a dry run, and applies them onto the version that was read. */
export function useEditor(apiVersion: string | undefined, kind: string, namespace: string, name: string): Editor {
  const path = apiVersion === undefined ? null : objectPath(apiVersion, kind, namespace, name);
  const [object, setObject] = useState<KubernetesObject>();
  const [error, setError] = useState<ApiError>();
  const [drafts, setDrafts] = useState<ReadonlyMap<number, readonly number[]>>(new Map());
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [busy, setBusy] = useState(false);
  const turn = useRef(0);

  const load = useCallback(async () => {
    if (path === null) return;
    try {
      setObject(await get<KubernetesObject>(path));
      setError(undefined);
    } catch (reason) {
      setError(asError(reason));
    }
  }, [path]);
  useEffect(() => void load(), [load]);

  const groups = useMemo(() => (object ? weightGroups(object) : []), [object]);
  const before = useMemo(() => (object ? yamlOf(object) : ''), [object]);
  const after = useMemo(() => withWeights(before, [...drafts].flatMap(([index, weights]) => (groups[index] ? [[groups[index], weights] as const] : []))), [before, drafts, groups]);
  const changed = drafts.size > 0 && after !== before;

  const put = useCallback(async (dryRun: boolean) => {
    if (path === null || object === undefined) return;
    const mine = ++turn.current;
    if (!dryRun) setBusy(true);
    try {
      const answer = await request<KubernetesObject>('PUT', dryRun ? `${path}?dryRun=All` : path, objectOf(after, object));
      if (mine !== turn.current) return;
      if (!dryRun) {
        setObject(answer.body);
        setDrafts(new Map());
      }
      setVerdict(dryRun ? (answer.warnings.length > 0 ? { kind: 'warning', texts: answer.warnings } : null) : { kind: 'done', texts: ['Applied.', ...answer.warnings] });
    } catch (reason) {
      if (mine !== turn.current) return;
      const problem = asError(reason);
      setVerdict({ kind: problem.status === 409 ? 'conflict' : 'error', texts: [problem.message] });
    } finally {
      if (!dryRun) setBusy(false);
    }
  }, [path, object, after]);

  useEffect(() => {
    if (!changed) return;
    const timer = setTimeout(() => void put(true), CHECK_AFTER);
    return () => clearTimeout(timer);
  }, [changed, put]);

  const weights = groups.map((group, index) => drafts.get(index) ?? group.weights);
  return {
    object, error, before, after, groups, weights, changed, busy, verdict,
    move: (group, target, share) => {
      setVerdict(null);
      setDrafts(new Map([...drafts, [group, shift(sharesOf(weights[group] ?? []), target, share)]]));
    },
    reset: () => {
      turn.current++;
      setDrafts(new Map());
      setVerdict(null);
    },
    apply: () => void put(false),
    // The weights that were chosen stay, on top of what somebody else made of the object.
    reload: () => {
      setVerdict(null);
      void load();
    },
  };
}

const asError = (reason: unknown): ApiError => (reason instanceof ApiError ? reason : new ApiError(0, String(reason)));
