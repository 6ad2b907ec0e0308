import { BadUserInput } from './errors';
import { FIRST_INSTANT, type Instant } from './instant';

/** `from` is included, `to` is not; null or absent is open. */
export interface InstantRange {
  readonly from?: Instant | null;
  readonly to?: Instant | null;
}

/** Refuses a range that can hold nothing. `argument` names the range. */
export function requireRange(
  range: InstantRange | null | undefined,
  argument: string,
): InstantRange | undefined {
  if (range == null) return undefined;
  if (range.to != null && range.to <= (range.from ?? FIRST_INSTANT)) {
    throw new BadUserInput(`${argument}.to`, 'must be later than `from`: the range can hold nothing.');
  }
  return range;
}
