import type { RefObject } from 'react';
import uPlot from 'uplot';
import { clock } from '../../format/time';
import type { ChartProps, Mark } from './chart';

const REACH = 9;

/** How a chart is drawn. Values that change without a new chart are read from `props`. */
export function optionsOf(props: RefObject<ChartProps>, width: number, height: number): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const color = (token: string) => styles.getPropertyValue(`--${token}`).trim();
  const axis: uPlot.Axis = {
    stroke: color('muted'), font: '11px system-ui, sans-serif', grid: { stroke: color('line'), width: 1 }, ticks: { show: false },
  };
  return {
    width, height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'time' }, y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: { y: { range: (_, least, most) => rangeOf(props.current, least, most) } },
    axes: [{ ...axis, size: 26, space: 80, values: (_, times) => times.map(time => timeLabel(time, times)) }, { ...axis, size: 62, values: (_, values) => values.map(props.current.tick ?? props.current.format) }],
    series: [{}, ...props.current.lines.map(line => {
      const series: uPlot.Series = { label: line.label, stroke: color(line.token), width: line.dashed ? 1.2 : 1.6, points: { show: false }, spanGaps: false };
      if (line.dashed) series.dash = [4, 4];
      if (line.fill) series.fill = `${color(line.token)}22`;
      return series;
    })],
    hooks: {
      setSelect: [plot => zoom(plot, props.current)],
      draw: [plot => drawMarks(plot, props.current, color)],
      ready: [plot => follow(plot, props)],
      setCursor: [plot => showTip(plot, props.current)],
    },
  };
}

function rangeOf(props: ChartProps, least: number | null, most: number | null): [number, number] {
  const [low, high] = props.bounds ?? [0, null];
  const top = Math.max(most ?? 0, ...(props.marks ?? []).map(mark => mark.value));
  // A line along the top needs some air below it, or its smallest dent would fill the chart.
  const bottom = low ?? Math.max(0, Math.min((high ?? top) * 0.98, (least ?? 0) - ((high ?? top) - (least ?? 0)) * 0.15));
  return [bottom, high ?? (top > bottom ? top * 1.06 : bottom + 1)];
}

function timeLabel(time: number, all: readonly number[]): string {
  const day = (all.at(-1) ?? 0) - (all[0] ?? 0) > 86_400;
  const text = clock(time * 1000);
  return day ? `${new Date(time * 1000).toLocaleDateString('en-GB', { weekday: 'short' })} ${text.slice(0, 5)}` : text.endsWith(':00') ? text.slice(0, 5) : text;
}

function zoom(plot: uPlot, props: ChartProps): void {
  const { left, width } = plot.select;
  if (width < 8) return;
  props.onZoom(Math.floor(plot.posToVal(left, 'x')), Math.ceil(plot.posToVal(left + width, 'x')));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function drawMarks(plot: uPlot, props: ChartProps, color: (token: string) => string): void {
  const { ctx } = plot;
  ctx.save();
  for (const mark of props.marks ?? []) {
    const x = plot.valToPos(mark.time, 'x', true);
    const y = plot.valToPos(mark.value, 'y', true);
    if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
    ctx.beginPath();
    ctx.arc(x, y, 3 * devicePixelRatio, 0, Math.PI * 2);
    ctx.fillStyle = color(mark.bad ? 'bad-mark' : 'accent');
    ctx.fill();
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeStyle = color('surface');
    ctx.stroke();
  }
  ctx.restore();
}

/** A click on a mark opens it. */
function follow(plot: uPlot, props: RefObject<ChartProps>): void {
  plot.over.addEventListener('click', () => markAt(plot, props.current)?.open());
}

function markAt(plot: uPlot, props: ChartProps): Mark | undefined {
  const { left = -1, top = -1 } = plot.cursor;
  const away = (mark: Mark) => Math.hypot(plot.valToPos(mark.time, 'x') - left, plot.valToPos(mark.value, 'y') - top);
  const nearest = (props.marks ?? []).reduce<Mark | undefined>((best, mark) => (best === undefined || away(mark) < away(best) ? mark : best), undefined);
  return nearest && away(nearest) <= REACH ? nearest : undefined;
}

/** The values under the cursor, beside it. */
function showTip(plot: uPlot, props: ChartProps): void {
  let tip = plot.over.querySelector<HTMLElement>('.chart-tip');
  const { idx, left = -1 } = plot.cursor;
  if (idx === null || idx === undefined || left < 0) {
    tip?.remove();
    return;
  }
  if (!tip) {
    tip = document.createElement('div');
    tip.className = 'chart-tip';
    plot.over.append(tip);
  }
  const mark = markAt(plot, props);
  plot.over.classList.toggle('is-mark', mark !== undefined);
  const rows = props.lines.map(line => `${line.label} ${line.values[idx] === null || line.values[idx] === undefined ? '–' : props.format(line.values[idx])}`);
  tip.textContent = [clock((props.times[idx] ?? 0) * 1000), ...rows, ...(mark ? [`trace ${props.format(mark.value)}: click opens it`] : [])].join('\n');
  tip.classList.toggle('is-left', left > plot.over.clientWidth / 2);
  tip.style.transform = `translateX(${left}px)`;
}
