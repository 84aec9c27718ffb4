export interface DiffLine { kind: 'same' | 'added' | 'removed' | 'gap'; text: string }

/** Lines of `after` against `before`, with some that did not change around those that did. */
export function diff(before: string, after: string, context = 3): DiffLine[] {
  const [old, now] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  const lengths = commonLengths(old, now);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: old[i] as string });
      i++;
      j++;
    } else if (i < old.length && (j >= now.length || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      lines.push({ kind: 'removed', text: old[i++] as string });
    } else {
      lines.push({ kind: 'added', text: now[j++] as string });
    }
  }
  return withoutFarLines(lines, context);
}

const at = (lengths: readonly Uint16Array[], i: number, j: number): number => lengths[i]?.[j] ?? 0;

/** For each pair of ends of the texts, how many lines they have in common. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      (lengths[i] as Uint16Array)[j] = old[i] === now[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function withoutFarLines(lines: readonly DiffLine[], context: number): DiffLine[] {
  const changed = lines.flatMap((line, index) => (line.kind === 'same' ? [] : [index]));
  const near = (index: number) => changed.some(other => Math.abs(other - index) <= context);
  const kept: DiffLine[] = [];
  lines.forEach((line, index) => {
    if (near(index)) kept.push(line);
    else if (kept.length > 0 && kept.at(-1)?.kind !== 'gap' && changed.some(other => other > index)) kept.push({ kind: 'gap', text: '…' });
  });
  return kept;
}
