import { NODE_HEIGHT, type Point } from './layout';
import { nodeWidth, projectAll, type Flow } from './projection';

/** How the drawing lies on the screen: screen = drawing × zoom + offset. */
export interface Viewport { zoom: number; x: number; y: number }

export interface Size { width: number; height: number }

export const MIN_ZOOM = 0.05;
export const MAX_ZOOM = 2.5;
/** Pixels around the drawing, on a large screen. */
const MARGIN = 36;
/** Pixels below which a screen is a phone's. */
const PHONE = 500;

/** The viewport in which all points are seen, no larger than life. */
export function fit(points: Iterable<Point>, size: Size, nodeWidth: number): Viewport {
  const all = [...points];
  if (all.length === 0 || size.width === 0) return { zoom: 1, x: size.width / 2, y: size.height / 2 };
  const xs = all.map(point => point.x);
  const ys = all.map(point => point.y);
  const [left, right] = [Math.min(...xs) - nodeWidth / 2, Math.max(...xs) + nodeWidth / 2];
  const [top, bottom] = [Math.min(...ys) - NODE_HEIGHT / 2, Math.max(...ys) + NODE_HEIGHT / 2];
  const margin = size.width < PHONE ? MARGIN / 3 : MARGIN;
  const zoom = bounded(Math.min((size.width - 2 * margin) / (right - left), (size.height - 2 * margin) / (bottom - top), 1.1));
  return { zoom, x: size.width / 2 - ((left + right) / 2) * zoom, y: size.height / 2 - ((top + bottom) / 2) * zoom };
}

/** The flow in which all of the layout is seen largest; on a wide screen calls always go to the right. */
export function flowFor(layout: ReadonlyMap<string, Point>, size: Size): Flow {
  if (size.width >= size.height) return 'right';
  const flows: Flow[] = size.width < PHONE ? ['rows', 'down', 'right'] : ['down', 'right'];
  const zoom = (flow: Flow) => fit(projectAll(layout, flow).values(), size, nodeWidth(flow)).zoom;
  return flows.reduce((best, flow) => (zoom(flow) > zoom(best) ? flow : best));
}

/** Zooms around a point of the screen, which stays where it is. */
export function zoomAt(view: Viewport, factor: number, at: Point): Viewport {
  const zoom = bounded(view.zoom * factor);
  const scale = zoom / view.zoom;
  return { zoom, x: at.x - (at.x - view.x) * scale, y: at.y - (at.y - view.y) * scale };
}

export const pan = (view: Viewport, dx: number, dy: number): Viewport => ({ ...view, x: view.x + dx, y: view.y + dy });

const bounded = (zoom: number): number => Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));

/** How much larger than life labels are drawn so that they can be read when the drawing is small: a few steps, so that they do not shimmer. */
export function labelScale(zoom: number, flow: Flow = 'right'): number {
  // Where names just fit, to be whole is better than to be larger.
  if (flow === 'rows' && zoom > 0.5 && zoom <= 0.8) return 1.2;
  return zoom > 0.8 ? 1 : zoom > 0.6 ? 1.2 : zoom > 0.46 ? 1.5 : zoom > 0.32 ? 1.9 : 2.2;
}

/** Whether a name is too long for its node; it is cut by the drawing, not by the text, so that it can still be read aloud and found. */
export const overflows = (name: string, scale: number, nodeWidth: number): boolean => name.length * 7.4 * scale > nodeWidth - 22;
