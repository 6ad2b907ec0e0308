import { BadUserInput } from './errors';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const MAX_BIGINT = 2n ** 63n - 1n;

/** Whether a text is a UUID in 8-4-4-4-12 form, in any case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether a text is a whole number that PostgreSQL's `bigint` holds, as PostgreSQL writes it. */
export function isBigint(text: string): boolean {
  return /^(0|-?[1-9]\d{0,18})$/.test(text) && BigInt(text) <= MAX_BIGINT && BigInt(text) >= -MAX_BIGINT - 1n;
}

/** The greatest lengths of names in code points, as `varchar` counts them. */
export const MAX_LENGTH = { component: 64, train: 24, version: 32 } as const;

/** A UUID in 8-4-4-4-12 form, in lower case. Anything else is BAD_USER_INPUT. */
export function requireUuid(text: string, argument: string): string {
  if (!isUuid(text)) {
    throw new BadUserInput(argument, 'must be a UUID such as 8c6da034-c8b1-489a-a55d-a2215d93f934.');
  }
  return text.toLowerCase();
}

/** A list of at most 500 UUIDs, in lower case. */
export function requireUuids(texts: readonly string[], argument: string): string[] {
  requireAtMost500(texts, argument);
  return texts.map((text, index) => requireUuid(text, `${argument}[${index}]`));
}

/** Refuses lists of more than 500 members. */
export function requireAtMost500(list: readonly unknown[], argument: string): void {
  if (list.length > 500) {
    throw new BadUserInput(argument, `holds ${list.length} members; at most 500 fit one request.`);
  }
}

/** A name that fits its column: neither blank nor longer than `maxLength` code points. Returned as it is. */
export function requireName(text: string, maxLength: number, argument: string): string {
  if (text.trim() === '') throw new BadUserInput(argument, 'must not be empty or only white space.');
  return requireMaxLength(text, maxLength, argument);
}

/** A text of at most `maxLength` code points. Returned as it is. */
export function requireMaxLength(text: string, maxLength: number, argument: string): string {
  if (text.length > maxLength && [...text].length > maxLength) {
    throw new BadUserInput(argument, `must be at most ${maxLength} characters long.`);
  }
  return text;
}
