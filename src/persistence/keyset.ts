import { cutPage, type Page, type PageWindow, type Position } from '../shared/pagination';
import type { InstantRange } from '../shared/range';
import type { Queryable } from './database';
import { allOf, isUnknown, Parameters, type Place, within } from './sql';

/** How many rows are looked at together where a predicate outside SQL decides. */
const CHUNK_SIZE = 500;

/**
 * The order of a list: by an instant and, within one, by id. Rows with an unknown instant come last, by id,
 * whatever the direction, and are read as a range of their own, so that an index serves both. Without an
 * `instant` column the list is ordered by id alone.
 */
export interface KeysetOrder {
  readonly instant?: string;
  readonly id: string;
  readonly idType: 'uuid' | 'bigint';
  readonly descending: boolean;
  /** Whether rows with an unknown instant are part of the list. */
  readonly unknownLast: boolean;
}

export interface KeysetQuery<Row, T> {
  readonly select: string;
  readonly from: string;
  /** The filter's conditions, for the parameters of one statement. */
  readonly where: (parameters: Parameters) => string[];
  readonly order: KeysetOrder;
  /** The filter's range on the very instant that the list is ordered by: `where` leaves it out. */
  readonly range?: InstantRange | undefined;
  readonly read: (row: Row) => T;
  readonly position: (item: T) => Position;
  /** Decides outside SQL; rows are then read on, in chunks, until the page is full. */
  readonly matches?: (row: Row) => boolean;
}

type Range = 'known' | 'unknown' | 'all';

/** Reads one window of a list by keyset: the cost does not depend on how far from the start it lies. */
export async function readPage<Row, T>(
  database: Queryable,
  query: KeysetQuery<Row, T>,
  window: PageWindow,
): Promise<Page<T>> {
  const wanted = window.limit + 1;
  const found: T[] = [];
  for await (const items of chunks({ database, query, window, size: query.matches ? CHUNK_SIZE : wanted })) {
    found.push(...items);
    if (found.length >= wanted) break;
  }
  return cutPage(found.slice(0, wanted), window);
}

/** Counts the items of a list that a predicate outside SQL chooses. */
export async function countMatching<Row, T>(
  database: Queryable,
  query: KeysetQuery<Row, T>,
): Promise<number> {
  const window: PageWindow = { limit: CHUNK_SIZE, backward: false, after: undefined, before: undefined };
  let count = 0;
  for await (const items of chunks({ database, query, window, size: CHUNK_SIZE })) count += items.length;
  return count;
}

interface Reading<Row, T> {
  database: Queryable;
  query: KeysetQuery<Row, T>;
  window: PageWindow;
  size: number;
}

/** The window's items that match, `size` rows at a time, in reading order. */
async function* chunks<Row, T>({ database, query, window, size }: Reading<Row, T>): AsyncGenerator<T[]> {
  let left = window;
  for (;;) {
    const parameters = new Parameters();
    const ranges = rangesToRead(query, left);
    if (ranges.length === 0) return;
    const sql = statement(query, ranges, { window: left, size }, parameters);
    const rows = await database.query<Row>(sql, parameters.values);
    yield rows.filter(query.matches ?? (() => true)).map(query.read);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    const position = query.position(query.read(last));
    left = { ...left, [left.backward ? 'before' : 'after']: position };
  }
}

/** One statement for all ranges of the window: each is read from its own index, and cut where the page is full. */
function statement<Row, T>(
  query: KeysetQuery<Row, T>,
  ranges: readonly Range[],
  { window, size }: { window: PageWindow; size: number },
  parameters: Parameters,
): string {
  const { select, from, where, order } = query;
  const direction = order.descending === window.backward ? 'ASC' : 'DESC';
  const inOrder = `range_number, range_instant ${direction}, range_id ${direction} LIMIT ${parameters.add(size, 'bigint')}`;
  const parts = ranges.map((range, number) => {
    const instant = range === 'known' ? order.instant : 'NULL::timestamp';
    return `(SELECT ${select}, ${number} AS range_number, ${instant} AS range_instant, ${order.id} AS range_id
      FROM ${from} WHERE ${allOf([...where(parameters), ...bounds(query, range, window, parameters)])}
      ORDER BY ${inOrder})`;
  });
  return parts.length === 1 ? `${parts[0]}` : `${parts.join(' UNION ALL ')} ORDER BY ${inOrder}`;
}

/** The ranges that the window touches, in the order in which they are read. */
function rangesToRead<Row, T>({ order, range }: KeysetQuery<Row, T>, window: PageWindow): Range[] {
  if (!order.instant) return ['all'];
  const { after, before, backward } = window;
  const ranges: Range[] = [];
  // Known instants lie before unknown ones.
  if (after?.instant !== null) ranges.push('known');
  if (order.unknownLast && !range && (before === undefined || before.instant === null))
    ranges.push('unknown');
  return backward ? ranges.reverse() : ranges;
}

/** What limits a range to the window. */
function bounds<Row, T>(
  { order, range: filter }: KeysetQuery<Row, T>,
  range: Range,
  { after, before }: PageWindow,
  parameters: Parameters,
): string[] {
  const [above, below] = order.descending ? [before, after] : [after, before];
  if (range === 'known' && order.instant) {
    const place = (position: Position | undefined): Place | undefined =>
      position?.instant == null
        ? undefined
        : { instant: position.instant, id: { column: order.id, value: position.id, type: order.idType } };
    return within(order.instant, { range: filter, above: place(above), below: place(below) }, parameters);
  }
  const idBound = (operator: '<' | '>', position: Position | undefined): string[] =>
    position && position.instant === null
      ? [`${order.id} ${operator} ${parameters.add(position.id, order.idType)}`]
      : [];
  return [
    ...(range === 'unknown' && order.instant ? [isUnknown(order.instant)] : []),
    ...idBound('>', above),
    ...idBound('<', below),
  ];
}
