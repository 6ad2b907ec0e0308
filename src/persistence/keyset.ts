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

/** A part of the list that one index serves. */
type Segment = 'known' | 'unknown' | 'all';

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
    const { sql, values } = statement(query, left, size);
    if (sql === '') return;
    const rows = await database.query<Row>(sql, values);
    yield rows.filter(query.matches ?? (() => true)).map(query.read);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    const position = query.position(query.read(last));
    left = { ...left, [left.backward ? 'before' : 'after']: position };
  }
}

/**
 * One statement for all segments of the window: each is read from its own index, and cut where the page is full.
 * Empty where the window can hold nothing.
 */
function statement<Row, T>(
  query: KeysetQuery<Row, T>,
  window: PageWindow,
  size: number,
): { sql: string; values: readonly unknown[] } {
  const { select, from, where, order } = query;
  const parameters = new Parameters();
  const direction = order.descending === window.backward ? 'ASC' : 'DESC';
  const inOrder = `segment, segment_instant ${direction}, segment_id ${direction} LIMIT ${parameters.add(size, 'bigint')}`;
  const parts = segmentsToRead(query, window).map((segment, number) => {
    const instant = segment === 'known' ? order.instant : 'NULL::timestamp';
    const limits =
      segment === 'known' ? knownLimits(query, window, parameters) : idLimits(query, window, parameters);
    const unknown = segment === 'unknown' && order.instant ? [isUnknown(order.instant)] : [];
    return `(SELECT ${select}, ${number} AS segment, ${instant} AS segment_instant, ${order.id} AS segment_id
      FROM ${from} WHERE ${allOf([...where(parameters), ...unknown, ...limits])} ORDER BY ${inOrder})`;
  });
  const sql = parts.length > 1 ? `${parts.join(' UNION ALL ')} ORDER BY ${inOrder}` : (parts[0] ?? '');
  return { sql, values: parameters.values };
}

/** The segments that the window touches, in the order in which they are read. */
function segmentsToRead<Row, T>({ order, range }: KeysetQuery<Row, T>, window: PageWindow): Segment[] {
  if (!order.instant) return ['all'];
  const { after, before, backward } = window;
  const segments: Segment[] = [];
  // Known instants lie before unknown ones.
  if (after?.instant !== null) segments.push('known');
  if (order.unknownLast && !range && (before === undefined || before.instant === null))
    segments.push('unknown');
  return backward ? segments.reverse() : segments;
}

/** What lies above and below the window's part of the list, by the order's columns. */
function edges({ descending }: KeysetOrder, { after, before }: PageWindow) {
  return descending ? { above: before, below: after } : { above: after, below: before };
}

/** What limits the known instants to the window. */
function knownLimits<Row, T>(
  { order, range }: KeysetQuery<Row, T>,
  window: PageWindow,
  parameters: Parameters,
): string[] {
  const place = (position: Position | undefined): Place | undefined =>
    position?.instant == null
      ? undefined
      : { instant: position.instant, id: { column: order.id, value: position.id, type: order.idType } };
  const { above, below } = edges(order, window);
  return within(order.instant ?? '', { range, above: place(above), below: place(below) }, parameters);
}

/** What limits rows without an instant to the window: of its edges only those without one lie among them. */
function idLimits<Row, T>(
  { order }: KeysetQuery<Row, T>,
  window: PageWindow,
  parameters: Parameters,
): string[] {
  const { above, below } = edges(order, window);
  const limit = (operator: '<' | '>', position: Position | undefined): string[] =>
    position && position.instant === null
      ? [`${order.id} ${operator} ${parameters.add(position.id, order.idType)}`]
      : [];
  return [...limit('>', above), ...limit('<', below)];
}
