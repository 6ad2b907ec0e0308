import { BadUserInput } from './errors';
import { type Instant, parseInstant } from './instant';

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 500;

/** The four Relay arguments, as GraphQL hands them over. */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** The place of an item in a list: its full sort key and its id. An unknown instant is null. */
export interface Position {
  readonly instant: Instant | null;
  readonly id: string;
}

/** Which part of a list to read: `limit` items from its start (or its end, if `backward`) between two places. */
export interface PageWindow {
  readonly limit: number;
  readonly backward: boolean;
  readonly after: Position | undefined;
  readonly before: Position | undefined;
}

/** What a cursor is bound to: the field and order it was made by, and the forms of its parts. */
export interface CursorKind {
  readonly tag: string;
  readonly isId: (text: string) => boolean;
  /** Whether positions of this list have an instant: always, never, or only where it is known. */
  readonly instant: 'always' | 'never' | 'known';
}

/** Checks the four arguments and decodes the cursors. Everything wrong is BAD_USER_INPUT. */
export function requirePageWindow(page: PageArguments, kind: CursorKind): PageWindow {
  if (page.first != null && page.last != null) {
    throw new BadUserInput('first', 'give either `first` or `last`, not both.');
  }
  const [argument, limit] =
    page.last != null ? ['last', page.last] : ['first', page.first ?? DEFAULT_PAGE_SIZE];
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    throw new BadUserInput(String(argument), `must be from 1 to ${MAX_PAGE_SIZE}, not ${limit}.`);
  }
  return {
    limit: Number(limit),
    backward: page.last != null,
    after: page.after == null ? undefined : decodeCursor(page.after, kind, 'after'),
    before: page.before == null ? undefined : decodeCursor(page.before, kind, 'before'),
  };
}

/** A cursor is no secret and no promise: unsigned JSON in base64url. */
function encodeCursor({ tag }: CursorKind, { instant, id }: Position): string {
  return Buffer.from(JSON.stringify([tag, instant, id])).toString('base64url');
}

function decodeCursor(cursor: string, kind: CursorKind, argument: string): Position {
  const malformed = new BadUserInput(argument, 'is no cursor; use one that a page of this list gave out.');
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw malformed;
  }
  if (!Array.isArray(decoded) || decoded.length !== 3) throw malformed;
  const [tag, instant, id] = decoded as unknown[];
  if (typeof tag !== 'string' || typeof id !== 'string') throw malformed;
  if (instant !== null && (typeof instant !== 'string' || parseInstant(instant) !== instant)) throw malformed;
  if (tag !== kind.tag) {
    throw new BadUserInput(argument, `is a cursor of another list or order (${tag}); this is ${kind.tag}.`);
  }
  if (instant === null ? kind.instant === 'always' : kind.instant === 'never') throw malformed;
  const position = { instant, id };
  // Base64 and JSON can write the same thing in several ways; only the one we write is ours.
  if (!kind.isId(id) || encodeCursor(kind, position) !== cursor) throw malformed;
  return position;
}

/** What a repository hands over for one window: the items in list order, and whether there are more beyond. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** Cuts the extra item off that was read to learn whether there are more, and puts the items in list order. */
export function cutPage<T>(read: readonly T[], window: PageWindow): Page<T> {
  const items = read.slice(0, window.limit);
  return { items: window.backward ? items.reverse() : items, hasMore: read.length > window.limit };
}

/** A Relay connection; GraphQL calls its methods for the fields that a query asks for, and no others. */
export class Connection<T> {
  constructor(
    private readonly page: Page<T>,
    private readonly window: PageWindow,
    private readonly source: {
      kind: CursorKind;
      position: (node: T) => Position;
      count: () => Promise<number>;
    },
  ) {}

  get nodes(): T[] {
    return [...this.page.items];
  }

  edges(): { cursor: string; node: T }[] {
    return this.page.items.map((node) => ({ cursor: this.cursor(node), node }));
  }

  pageInfo() {
    const [first, last] = [this.page.items.at(0), this.page.items.at(-1)];
    const { backward, after, before } = this.window;
    return {
      hasNextPage: backward ? before !== undefined : this.page.hasMore,
      hasPreviousPage: backward ? this.page.hasMore : after !== undefined,
      startCursor: first === undefined ? null : this.cursor(first),
      endCursor: last === undefined ? null : this.cursor(last),
    };
  }

  totalCount(): Promise<number> {
    return this.source.count();
  }

  private cursor(node: T): string {
    return encodeCursor(this.source.kind, this.source.position(node));
  }
}
