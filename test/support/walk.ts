import type { TestApp } from './app';

export interface Page {
  nodes: { id: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

export interface WalkOptions {
  backward?: boolean;
  /** What happens between two pages. */
  between?: () => Promise<unknown>;
  /** Where the page stands in an answer; in its only field if absent. */
  path?: (data: Record<string, Page>) => Page;
}

/** Walks a list page by page; the ids in list order. `PAGE` and `NODES` in `field` are filled in. */
export async function walkPages(
  app: TestApp,
  field: string,
  { size, backward = false, between, path = onlyField }: WalkOptions & { size: number },
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 200; pages++) {
    const bounds: string = backward
      ? `last: ${size}${cursor ? `, before: "${cursor}"` : ''}`
      : `first: ${size}${cursor ? `, after: "${cursor}"` : ''}`;
    const page = path(
      await app.query(
        field
          .replace('PAGE', bounds)
          .replace('NODES', 'nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'),
      ),
    );
    const found = page.nodes.map(({ id }) => id);
    if (backward) ids.unshift(...found);
    else ids.push(...found);
    expect(backward ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage).toBe(cursor !== null);
    if (!(backward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage)) return ids;
    cursor = backward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
    await between?.();
  }
  throw new Error('the walk does not end');
}

function onlyField(data: Record<string, Page>): Page {
  return Object.values(data)[0] as Page;
}
