import { useLayoutEffect, useState, type RefObject } from 'react';

const OVERSCAN = 12;

/** Fewer rows than this are all in the page. */
export const VIRTUAL_FROM = 80;

export interface Range { first: number; end: number }

/** Which rows of equal height are on the screen, with some around them. */
export function visibleRange(top: number, viewport: number, rowHeight: number, count: number): Range {
  if (count < VIRTUAL_FROM) return { first: 0, end: count };
  const first = Math.max(0, Math.min(count, Math.floor(-top / rowHeight) - OVERSCAN));
  const end = Math.min(count, Math.ceil((viewport - top) / rowHeight) + OVERSCAN);
  return { first, end: Math.max(first, end) };
}

/** The part of a long table's body that is on the screen as the page scrolls. */
export function useVisibleRows(body: RefObject<HTMLElement | null>, count: number, rowHeight: number): Range {
  const [range, setRange] = useState<Range>(() => visibleRange(0, 1000, rowHeight, count));
  useLayoutEffect(() => {
    const measure = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const next = visibleRange(top, window.innerHeight, rowHeight, count);
      setRange(previous => (previous.first === next.first && previous.end === next.end ? previous : next));
    };
    measure();
    if (count < VIRTUAL_FROM) return;
    window.addEventListener('scroll', measure, { passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', measure);
      window.removeEventListener('resize', measure);
    };
  }, [body, count, rowHeight]);
  return { first: Math.min(range.first, count), end: Math.min(range.end, count) };
}
