import { FIRST_INSTANT, type Instant } from '../shared/instant';
import type { InstantRange } from '../shared/range';

/** Collects the parameters of one statement. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value; returns its placeholder, cast to a PostgreSQL type. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  instant(instant: Instant): string {
    return this.add(instant, 'timestamp');
  }
}

/** A place in an order by instant, and what settles ties there, if there can be any. */
export interface Place {
  readonly instant: Instant;
  readonly id?: { readonly column: string; readonly value: string; readonly type: string };
}

/** Some part of a column's known instants. */
export interface Part {
  readonly range?: InstantRange | undefined;
  /** Only what lies above this place, itself not included. */
  readonly above?: Place | undefined;
  readonly below?: Place | undefined;
}

/**
 * The conditions for a part of a column's known instants, one on either side. A second one on the same side would
 * cost: an index scan starts at the plain bound, and walks from there to a row comparison far away.
 */
export function within(
  column: string,
  { range, above, below }: Part,
  parameters: Parameters,
): [string, string] {
  const from = range?.from ?? FIRST_INSTANT;
  const lower =
    above && above.instant >= from
      ? compare(column, { ...above, operator: '>' }, parameters)
      : `${column} >= ${range?.from == null ? "'0001-01-01'" : parameters.instant(from)}`;
  const upper =
    below && (range?.to == null || below.instant < range.to)
      ? compare(column, { ...below, operator: '<' }, parameters)
      : `${column} < ${range?.to == null ? "'10000-01-01'" : parameters.instant(range.to)}`;
  return [lower, upper];
}

function compare(
  column: string,
  { instant, id, operator }: Place & { operator: '<' | '>' },
  parameters: Parameters,
): string {
  const bound = parameters.instant(instant);
  if (!id) return `${column} ${operator} ${bound}`;
  return `(${column}, ${id.column}) ${operator} (${bound}, ${parameters.add(id.value, id.type)})`;
}

/**
 * True for the instants that can be served: years 0001 to 9999. Neither for `infinity`, which old rows hold,
 * nor for NULL. A plain range, so that an index on the column serves it.
 */
export function isKnown(column: string): string {
  return within(column, {}, new Parameters()).join(' AND ');
}

/** The opposite of `isKnown`, also for NULL. The partial indexes for unknown instants hold this very text. */
export function isUnknown(column: string): string {
  return `(${isKnown(column)}) IS NOT TRUE`;
}

/** The conditions of a range on a column; without a range none. Only known instants lie in a range. */
export function inRange(column: string, range: InstantRange | undefined, parameters: Parameters): string[] {
  return range ? within(column, { range }, parameters) : [];
}

/** Joins conditions with AND; TRUE where there are none. */
export function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'TRUE' : conditions.map((condition) => `(${condition})`).join(' AND ');
}
