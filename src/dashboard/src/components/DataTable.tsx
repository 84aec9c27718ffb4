import { memo, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { useSteadyOrder } from '../state/steady';
import { useVisibleRows } from '../state/useVisibleRows';

export interface Column<T> {
  key: string;
  title: string;
  /** Numbers are aligned at the right. */
  numeric?: boolean;
  /** The larger, the sooner it is left out on a narrow screen; 0 stays. */
  spare?: 0 | 1 | 2 | 3;
  cell(row: T): ReactNode;
  /** Makes the column sortable. */
  compare?(a: T, b: T): number;
  /** First click sorts from large to small. */
  descending?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf(row: NoInfer<T>): string;
  /** `key` or `-key`, as in the address; empty for the order that `compare` gives. */
  sort: string;
  onSort(sort: string): void;
  /** The order when no column is chosen. */
  compare?(a: NoInfer<T>, b: NoInfer<T>): number;
  isMarked?(row: T): boolean;
  /** Pixels, the same for all rows. */
  rowHeight?: number;
}

/** A table of live rows: sortable, steady while it is read, and of any length. */
export function DataTable<T>({ label, columns, rows, keyOf, sort, onSort, compare, isMarked, rowHeight = 38 }: Props<T>) {
  const [held, setHeld] = useState(false);
  const body = useRef<HTMLTableSectionElement>(null);
  const order = useSteadyOrder();
  const column = columns.find(candidate => candidate.key === sort.replace(/^-/, ''));
  const sign = sort.startsWith('-') ? -1 : 1;
  const by = column?.compare ? (a: T, b: T) => sign * column.compare!(a, b) : compare ?? (() => 0);
  const sorted = order.apply(rows, keyOf, sort, by, Date.now(), held);
  const { first, end } = useVisibleRows(body, sorted.length, rowHeight);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`${label}, table`}
      onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      <table aria-rowcount={sorted.length + 1} style={{ '--row': `${rowHeight}px` } as CSSProperties}>
        <thead><tr>{columns.map(item => <Head key={item.key} column={item} sort={sort} onSort={onSort} />)}</tr></thead>
        <tbody ref={body}>
          {first > 0 && <tr aria-hidden="true" style={{ height: first * rowHeight }}><td colSpan={columns.length} /></tr>}
          {sorted.slice(first, end).map((row, index) => (
            <Row key={keyOf(row)} row={row} columns={columns} position={first + index + 2} marked={isMarked?.(row) ?? false} />
          ))}
          {end < sorted.length && <tr aria-hidden="true" style={{ height: (sorted.length - end) * rowHeight }}><td colSpan={columns.length} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: string; onSort(sort: string): void }) {
  const state = sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : 'none';
  const first = column.descending ? `-${column.key}` : column.key;
  const second = column.descending ? column.key : `-${column.key}`;
  const next = sort === first ? second : sort === second ? '' : first;
  return (
    <th scope="col" className={classOf(column)} aria-sort={column.compare ? state : undefined}>
      {column.compare
        ? <button type="button" className="sort" onClick={() => onSort(next)}>{column.title}<span aria-hidden="true">{state === 'ascending' ? '↑' : state === 'descending' ? '↓' : ''}</span></button>
        : column.title}
    </th>
  );
}

/** Rendered again only when its row changed, or the columns did. */
const Row = memo(function Row<T>({ row, columns, position, marked }: { row: T; columns: readonly Column<T>[]; position: number; marked: boolean }) {
  return (
    <tr aria-rowindex={position} className={marked ? 'marked' : undefined}>
      {columns.map((column, index) => index === 0
        ? <th key={column.key} scope="row" className={classOf(column)}>{column.cell(row)}</th>
        : <td key={column.key} className={classOf(column)}>{column.cell(row)}</td>)}
    </tr>
  );
}) as <T>(props: { row: T; columns: readonly Column<T>[]; position: number; marked: boolean }) => ReactNode;

const classOf = <T,>(column: Column<T>): string => `c-${column.key}${column.numeric ? ' num' : ''}${column.spare ? ` spare${column.spare}` : ''}`;
