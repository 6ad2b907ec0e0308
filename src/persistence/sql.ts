import type { Instant } from '../shared/instant';
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

/**
 * True for the instants that can be served: years 0001 to 9999. Neither for `infinity`, which old rows hold,
 * nor for NULL. A plain range, so that an index on the column serves it.
 */
export function isKnown(column: string): string {
  return `${column} >= '0001-01-01' AND ${column} < '10000-01-01'`;
}

/** The opposite of `isKnown`, also for NULL. The partial indexes for unknown instants hold this very text. */
export function isUnknown(column: string): string {
  return `(${isKnown(column)}) IS NOT TRUE`;
}

/** The conditions of a range on a column; without a range none. Only known instants lie in a range. */
export function inRange(column: string, range: InstantRange | undefined, parameters: Parameters): string[] {
  if (!range) return [];
  const conditions = [isKnown(column)];
  if (range.from != null) conditions.push(`${column} >= ${parameters.instant(range.from)}`);
  if (range.to != null) conditions.push(`${column} < ${parameters.instant(range.to)}`);
  return conditions;
}

/** Joins conditions with AND; TRUE where there are none. */
export function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'TRUE' : conditions.map((condition) => `(${condition})`).join(' AND ');
}
