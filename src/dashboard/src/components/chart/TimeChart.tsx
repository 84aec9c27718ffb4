import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useShownTheme } from '../../state/theme';
import type { ChartProps, Line } from './chart';
import { optionsOf } from './options';

const HEIGHT = 168;

/** Numbers over time. Drag to zoom; all charts of a page share their cursor. */
export function TimeChart(props: ChartProps) {
  const { title, times, lines, format } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useShownTheme();
  const shape = lines.map(line => `${line.label}${line.token}${line.dashed}`).join('|');

  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const chart = new uPlot(optionsOf(latest, element.clientWidth, HEIGHT), dataOf(latest.current), element);
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape, theme]);

  useEffect(() => plot.current?.setData(dataOf(latest.current)), [times, lines, props.marks]);

  return (
    <figure className="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul>{lines.map(line => <li key={line.label} className={`key ${line.dashed ? 'is-dashed' : ''} ${line.token}`}>{line.label} <b>{lastOf(line.values, format)}</b></li>)}</ul>
      </figcaption>
      <div className="chart-box" ref={box} role="img" aria-label={summary(title, lines, format)} />
    </figure>
  );
}

const dataOf = ({ times, lines }: ChartProps): uPlot.AlignedData => [times as number[], ...lines.map(line => line.values as (number | null)[])];

function lastOf(values: readonly (number | null)[], format: (value: number) => string): string {
  const last = values.findLast(value => value !== null);
  return last === undefined || last === null ? '–' : format(last);
}

function summary(title: string, lines: readonly Line[], format: (value: number) => string): string {
  const parts = lines.map(line => {
    const known = line.values.filter(value => value !== null);
    return known.length === 0 ? `${line.label}: no data` : `${line.label}: ${format(Math.min(...known))} to ${format(Math.max(...known))}`;
  });
  return `${title} over time. ${parts.join('; ')}`;
}
