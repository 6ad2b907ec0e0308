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
  for (const range of rangesToRead(query.order, window)) {
    const limit = () => (query.matches ? CHUNK_SIZE : wanted - found.length);
    for await (const rows of chunks({ database, query, range, window, limit })) {
      found.push(...rows.filter(query.matches ?? (() => true)).map(query.read));
      if (found.length >= wanted) return cutPage(found.slice(0, wanted), window);
    }
  }
  return cutPage(found, window);
}

/** Counts the items of a list that a predicate outside SQL chooses. */
export async function countMatching<Row, T>(
  database: Queryable,
  query: KeysetQuery<Row, T>,
): Promise<number> {
  const window: PageWindow = { limit: CHUNK_SIZE, backward: false, after: undefined, before: undefined };
  let count = 0;
  for (const range of rangesToRead(query.order, window)) {
    for await (const rows of chunks({ database, query, range, window, limit: () => CHUNK_SIZE })) {
      count += rows.filter(query.matches ?? (() => true)).length;
    }
  }
  return count;
}

/** The ranges that the window touches, in the order in which they are read. */
function rangesToRead(order: KeysetOrder, { after, before, backward }: PageWindow): Range[] {
  if (!order.instant) return ['all'];
  const ranges: Range[] = [];
  if (after?.instant !== null) ranges.push('known');
  if (order.unknownLast && (before === undefined || before.instant === null)) ranges.push('unknown');
  return backward ? ranges.reverse() : ranges;
}

interface Reading<Row, T> {
  database: Queryable;
  query: KeysetQuery<Row, T>;
  range: Range;
  window: PageWindow;
  limit: () => number;
}

/** One range of the window, chunk after chunk in reading order. */
async function* chunks<Row, T>({
  database,
  query,
  range,
  window,
  limit,
}: Reading<Row, T>): AsyncGenerator<Row[]> {
  let { after, before } = window;
  for (;;) {
    const parameters = new Parameters();
    const size = limit();
    const conditions = [
      ...query.where(parameters),
      ...rangeConditions(query.order, range),
      ...bound(query.order, range, parameters, { position: after, follows: true }),
      ...bound(query.order, range, parameters, { position: before, follows: false }),
    ];
    const rows = await database.query<Row>(
      `SELECT ${query.select} FROM ${query.from} WHERE ${allOf(conditions)}
       ORDER BY ${orderBy(query.order, range, window.backward)} LIMIT ${parameters.add(size, 'bigint')}`,
      parameters.values,
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    const position = query.position(query.read(last));
    if (window.backward) before = position;
    else after = position;
  }
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
  const id = (): string => parameters.add(position.id, order.idType);
  if (range !== 'known') {
    // A known position lies before every unknown one: it bounds nothing here.
    return range === 'unknown' && position.instant !== null ? [] : [`${order.id} ${operator} ${id()}`];
  }
  if (position.instant === null) return [];
  return [`(${order.instant}, ${order.id}) ${operator} (${parameters.instant(position.instant)}, ${id()})`];
}

function orderBy(order: KeysetOrder, range: Range, backward: boolean): string {
  const direction = order.descending === backward ? 'ASC' : 'DESC';
  const columns = range === 'known' ? [order.instant, order.id] : [order.id];
  return columns.map((column) => `${column} ${direction}`).join(', ');
}
