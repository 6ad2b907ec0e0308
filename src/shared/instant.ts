/**
 * An instant in the one form used inside and outside: UTC, six digits, `2026-03-31T23:54:39.123456Z`, years 0001
 * to 9999. Text, because `Date` loses microseconds; two instants compare as text.
 */
export type Instant = string;

/** The first one there is. */
export const FIRST_INSTANT: Instant = '0001-01-01T00:00:00.000000Z';

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const POSTGRES_TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;
const MILLISECONDS_PER_MINUTE = 60_000;

/**
 * Reads an RFC 3339 instant with any offset and up to nine fraction digits; what is finer than microseconds is
 * truncated. Undefined for anything else: impossible dates, second 60, years outside 0001 to 9999 in UTC.
 */
export function parseInstant(text: string): Instant | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;

  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  local.setUTCHours(hour, minute, second);

  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  const utc = new Date(local.getTime() - offset * MILLISECONDS_PER_MINUTE);
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return undefined;
  return `${utc.toISOString().slice(0, 19)}.${(match[7] ?? '').slice(0, 6).padEnd(6, '0')}Z`;
}

/**
 * Reads PostgreSQL's text of a `timestamp` (DateStyle ISO). Null for NULL and for what no instant can say:
 * `infinity`, years before Christ or above 9999.
 */
export function instantFromDatabase(text: string | null): Instant | null {
  const match = text === null ? null : POSTGRES_TIMESTAMP.exec(text);
  return match ? `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z` : null;
}
