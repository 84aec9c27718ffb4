import type { Span, Trace } from '../../api/traces';

/** A span in the waterfall: where its bar lies, in per cent of the trace, and whether it is hidden below a closed one. */
export interface Bar { span: Span; left: number; width: number; depth: number; children: number; hidden: boolean; critical: boolean }

/** Bars of a trace in the order of its spans. `closed` are ids whose descendants are not shown. */
export function barsOf(trace: Trace, closed: ReadonlySet<string>): Bar[] {
  const begin = Math.min(trace.startMicros, ...trace.spans.map(span => span.startMicros));
  const whole = Math.max(1, trace.durationMicros, ...trace.spans.map(span => span.startMicros + span.durationMicros - begin));
  const known = new Map(trace.spans.map(span => [span.spanId, span]));
  const children = new Map<string, number>();
  for (const span of trace.spans) {
    if (span.parentId) children.set(span.parentId, (children.get(span.parentId) ?? 0) + 1);
  }
  const critical = criticalPath(trace.spans);
  return trace.spans.map(span => ({
    span,
    left: ((span.startMicros - begin) / whole) * 100,
    width: Math.max(0.3, (span.durationMicros / whole) * 100),
    depth: span.depth,
    children: children.get(span.spanId) ?? 0,
    hidden: hiddenBelow(span, known, closed),
    critical: critical.has(span.spanId),
  }));
}

function hiddenBelow(span: Span, known: ReadonlyMap<string, Span>, closed: ReadonlySet<string>): boolean {
  for (let parent = span.parentId; parent; parent = known.get(parent)?.parentId ?? null) {
    if (closed.has(parent)) return true;
  }
  return false;
}

/** The spans that the trace's duration consists of: from the root, at each step the child that ended last. */
export function criticalPath(spans: readonly Span[]): ReadonlySet<string> {
  const path = new Set<string>();
  const ids = new Set(spans.map(span => span.spanId));
  const endOf = (span: Span) => span.startMicros + span.durationMicros;
  let current = spans.filter(span => !span.parentId || !ids.has(span.parentId)).reduce<Span | undefined>((last, span) => (last && last.durationMicros >= span.durationMicros ? last : span), undefined);
  while (current && !path.has(current.spanId)) {
    path.add(current.spanId);
    const id: string = current.spanId;
    current = spans.filter(span => span.parentId === id).reduce<Span | undefined>((last, span) => (last && endOf(last) >= endOf(span) ? last : span), undefined);
  }
  return path;
}
