import { compareNumber, parse } from 'lossless-json';
import { BadUserInput } from './errors';

/** The deepest nesting of objects and lists in a JSON value that is taken in. */
export const MAX_JSON_DEPTH = 64;

/** The deepest nesting of a whole request: its JSON values sit a few levels down. */
const MAX_REQUEST_DEPTH = MAX_JSON_DEPTH + 16;

/** The deepest nesting of an old document that is still given out. */
const MAX_STORED_DEPTH = 1_000;

/** A JSON number whose value a double would change. It stands in parsed input so that its path can be named. */
class UnsafeNumber {
  constructor(readonly text: string) {}
}

/**
 * Numbers that may not fit a double: more than 15 digits, or an exponent. All others round-trip, so most
 * requests are read by the platform's own parser, which is several times faster.
 */
const MAYBE_UNSAFE = /(?:^|[\s:,[])-?(?:\d[\d.]{15,}|\d[\d.]*[eE])/;

/**
 * Parses JSON like `JSON.parse`, but numbers that a double cannot hold become an `UnsafeNumber`.
 * Throws `SyntaxError` where the text is no JSON, BAD_USER_INPUT where it is nested too deep.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  requireDepth(value, MAX_REQUEST_DEPTH, 'The request body');
  if (!MAYBE_UNSAFE.test(text)) return value;
  try {
    return parse(text, undefined, {
      parseNumber: (number) => (isExact(number) ? Number(number) : new UnsafeNumber(number)),
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch (error) {
    // Deep below a key that comes twice: JSON.parse kept the other one.
    if (error instanceof RangeError) throw tooDeep('The request body', MAX_REQUEST_DEPTH);
    throw error;
  }
}

/** Whether a double, printed in its shortest form, is the decimal number that was written. */
export function isExact(number: string): boolean {
  const double = Number(number);
  return Number.isFinite(double) && compareNumber(number, String(double)) === 0;
}

/**
 * Refuses what PostgreSQL or a reader of the stored document could not take back: U+0000 and lone surrogates in
 * any string or key, and numbers that a double cannot hold. The error names the path below `argument`.
 */
export function requireStorable(value: unknown, argument: string): void {
  if (typeof value === 'string') {
    requireStorableText(value, argument);
  } else if (value instanceof UnsafeNumber) {
    throw unsafeNumber(value.text, argument);
  } else if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) requireStorable(member, `${argument}[${index}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      requireStorableText(key, `a key of ${argument}`);
      requireStorable(member, `${argument}.${key}`);
    }
  }
}

/** Refuses U+0000, which PostgreSQL cannot store, and lone surrogates, which are no Unicode text. */
export function requireStorableText(text: string, argument: string): void {
  if (isStorableText(text)) return;
  if (text.includes('\u0000')) throw new BadUserInput(argument, 'must not hold the character U+0000.');
  throw new BadUserInput(argument, 'must not hold half of a surrogate pair; send well-formed Unicode.');
}

/** Whether PostgreSQL can store a text and a reader gets the same one back. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** The error for a number that a double would change. */
export function unsafeNumber(number: string, argument: string): BadUserInput {
  const shown = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  return new BadUserInput(argument, `the number ${shown} does not fit a double; send it as a string.`);
}

function tooDeep(argument: string, maxDepth: number): BadUserInput {
  return new BadUserInput(argument, `is nested deeper than ${maxDepth} levels.`);
}

/** Refuses nesting deeper than `maxDepth`. Goes level by level, so that no nesting can exhaust the stack. */
export function requireDepth(value: unknown, maxDepth: number, argument: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= maxDepth) throw tooDeep(argument, maxDepth);
    const next: unknown[] = [];
    for (const member of level) {
      if (typeof member !== 'object' || member === null || member instanceof UnsafeNumber) continue;
      for (const child of Object.values(member)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
}

/** From here on a document might nest deep enough to exhaust the stack of whoever writes it out. */
const SUSPICIOUS_LENGTH = 4_000;

/** A stored document's value; null for NULL and for what cannot be read or written out again. */
export function parseDocument(text: string | null): unknown {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (text.length > SUSPICIOUS_LENGTH) requireDepth(value, MAX_STORED_DEPTH, 'the document');
    return value;
  } catch {
    return null;
  }
}
