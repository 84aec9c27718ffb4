import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject } from 'react';
import type { Point } from './layout';
import { fit, pan, zoomAt, type Size, type Viewport } from './viewport';

const STEP = 60;

/** Pixels that a click may move. */
const SLOP = 5;

/** Panning and zooming by pointer, touch, wheel and keyboard; fits the drawing until the user has moved it. */
export function useViewport(element: RefObject<HTMLElement | null>, size: Size, nodeWidth: number, points: () => Iterable<Point>) {
  const [view, setView] = useState<Viewport>({ zoom: 1, x: 0, y: 0 });
  const moved = useRef(false);
  const pointers = useRef(new Map<number, Point>());
  const travelled = useRef(0);

  const change = useCallback((next: (view: Viewport) => Viewport) => {
    moved.current = true;
    setView(next);
  }, []);
  const center = { x: size.width / 2, y: size.height / 2 };

  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const bounds = box.getBoundingClientRect();
      change(current => zoomAt(current, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), { x: event.clientX - bounds.left, y: event.clientY - bounds.top }));
    };
    box.addEventListener('wheel', wheel, { passive: false });
    return () => box.removeEventListener('wheel', wheel);
  }, [element, change]);

  useEffect(() => {
    if (!moved.current) setView(fit(points(), size, nodeWidth));
  }, [size, nodeWidth, points]);

  const onPointerDown = (event: PointerEvent) => {
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    travelled.current = 0;
  };
  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    travelled.current += distance(now, before);
    if (other) {
      const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
      const middle = { x: (now.x + other.x) / 2 - bounds.left, y: (now.y + other.y) / 2 - bounds.top };
      change(current => zoomAt(current, distance(now, other) / Math.max(1, distance(before, other)), middle));
    } else {
      change(current => pan(current, now.x - before.x, now.y - before.y));
    }
  };
  const onPointerUp = (event: PointerEvent) => pointers.current.delete(event.pointerId);

  // Whoever drags the drawing by a node does not mean the node.
  const onClickCapture = (event: MouseEvent) => {
    if (travelled.current > SLOP) event.stopPropagation();
    travelled.current = 0;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const action: Record<string, () => void> = {
      ArrowLeft: () => change(current => pan(current, STEP, 0)),
      ArrowRight: () => change(current => pan(current, -STEP, 0)),
      ArrowUp: () => change(current => pan(current, 0, STEP)),
      ArrowDown: () => change(current => pan(current, 0, -STEP)),
      '+': () => change(current => zoomAt(current, 1.25, center)),
      '-': () => change(current => zoomAt(current, 0.8, center)),
      0: () => reset(),
    };
    if (!(event.key in action) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action[event.key]?.();
  };
  const reset = () => {
    moved.current = false;
    setView(fit(points(), size, nodeWidth));
  };
  const zoomBy = (factor: number) => change(current => zoomAt(current, factor, center));
  return { view, reset, zoomBy, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onPointerLeave: onPointerUp, onClickCapture, onKeyDown } };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
