import { cutPage, type Page, type PageWindow, type Position } from '../shared/pagination';
import type { Queryable } from './database';
import { allOf, isKnown, isUnknown, Parameters } from './sql';

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
    const rows = await database.query<Row>(statement(query, left, parameters, size), parameters.values);
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
  window: PageWindow,
  parameters: Parameters,
  size: number,
): string {
  const { select, from, where, order } = query;
  const direction = order.descending === window.backward ? 'ASC' : 'DESC';
  const inOrder = `range_number, range_instant ${direction}, range_id ${direction} LIMIT ${parameters.add(size, 'bigint')}`;
  const parts = rangesToRead(order, window).map((range, number) => {
    const conditions = [
      ...where(parameters),
      ...rangeConditions(order, range),
      ...bound(order, range, parameters, { position: window.after, follows: true }),
      ...bound(order, range, parameters, { position: window.before, follows: false }),
    ];
    const instant = range === 'known' ? order.instant : 'NULL::timestamp';
    return `(SELECT ${select}, ${number} AS range_number, ${instant} AS range_instant, ${order.id} AS range_id
      FROM ${from} WHERE ${allOf(conditions)} ORDER BY ${inOrder})`;
  });
  return parts.length === 1 ? `${parts[0]}` : `${parts.join(' UNION ALL ')} ORDER BY ${inOrder}`;
}

/** The ranges that the window touches, in the order in which they are read; at least one. */
function rangesToRead(order: KeysetOrder, { after, before, backward }: PageWindow): Range[] {
  if (!order.instant) return ['all'];
  if (!order.unknownLast) return ['known'];
  const ranges: Range[] = [];
  if (after?.instant !== null) ranges.push('known');
  if (before === undefined || before.instant === null) ranges.push('unknown');
  // From an unknown place back to a known one there is nothing: the bounds say so in either range.
  if (ranges.length === 0) return ['unknown'];
  return backward ? ranges.reverse() : ranges;
}

function rangeConditions({ instant }: KeysetOrder, range: Range): string[] {
  if (instant === undefined || range === 'all') return [];
  return [range === 'known' ? isKnown(instant) : isUnknown(instant)];
}

function bound(
  order: KeysetOrder,
  range: Range,
  parameters: Parameters,
  { position, follows }: { position: Position | undefined; follows: boolean },
): string[] {
  if (position === undefined) return [];
  const operator = follows === order.descending ? '<' : '>';
  if (range === 'all') return [`${order.id} ${operator} ${parameters.add(position.id, order.idType)}`];
  const positionIsKnown = position.instant !== null;
  if (positionIsKnown !== (range === 'known')) {
    // Known instants lie before unknown ones: the bound takes in the whole other range, or nothing of it.
    return follows === positionIsKnown ? [] : ['FALSE'];
  }
  const id = parameters.add(position.id, order.idType);
  if (position.instant === null) return [`${order.id} ${operator} ${id}`];
  return [`(${order.instant}, ${order.id}) ${operator} (${parameters.instant(position.instant)}, ${id})`];
}
