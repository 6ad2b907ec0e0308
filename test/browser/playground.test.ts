import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Locator, Page, Response } from 'playwright-core';
import { createVisitor, launchBrowser, type Visitor } from './browser';
import { type Product, startProduct } from './product';

const EXAMPLES = ['RecentClusters', 'ClusterHistory', 'Catalogue', 'CheckIn', 'PublishVersion'];

const clusterId = randomUUID();
let product: Product;
let browser: Browser;
let visitor: Visitor;
let page: Page;

beforeAll(async () => {
  product = await startProduct();
  await checkIn();
  browser = await launchBrowser();
});

beforeEach(async () => {
  visitor = await createVisitor(browser, new URL(product.url).origin);
  page = visitor.page;
});

afterEach(async () => {
  await visitor.context.close();
  expect(visitor.problems).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  expect(await product.stop()).toBe(0);
});

test('a browser finds the playground, with the examples as tabs', async () => {
  await open();
  expect(await page.title()).toBe('Workflow Manager API');
  expect(await tabNames()).toEqual(EXAMPLES);
});

test('the first example shows the cluster that checked in', async () => {
  await open();
  await run();
  await page.locator('.graphiql-response').getByText(clusterId).waitFor();
});

test('every example runs as it is', async () => {
  await open();
  for (const name of EXAMPLES) {
    await tab(name).click();
    await stored('query', ` ${name}`);
    const answer: unknown = await (await run()).json();
    expect([name, answer]).toEqual([name, { data: expect.any(Object) }]);
  }
});

test('the schema is there to read', async () => {
  await open();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByRole('link', { name: 'latestVersions', exact: true }).waitFor();
});

test('the editor completes what is typed from the schema', async () => {
  await open();
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.type('{ clust');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'clusters' }).waitFor();
});

test('a visitor finds their own tabs again', async () => {
  await open();
  await page.getByRole('button', { name: 'New tab' }).click();
  // GraphiQL notices a change of tabs a moment after it shows it, and would lay what is typed at once into the other.
  await page.waitForTimeout(500);
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.type('query Mine ');
  await stored('tabState', 'query Mine');
  await open();
  expect(await tabNames()).toEqual([...EXAMPLES, 'Mine']);
});

test('a link shows the operation it carries, and does not run it', async () => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.postData() ?? ''));
  await open(`?query=${encodeURIComponent('query Linked { clusters { totalCount } }')}`);
  expect(await tabNames()).toEqual(['Linked', ...EXAMPLES]);
  expect(await page.locator('.graphiql-query-editor').textContent()).toContain('Linked');
  expect(page.url()).toBe(product.url);
  expect(requests.filter((body) => body.includes('Linked'))).toEqual([]);
});

test('its files are compressed, kept for a year, and not fetched twice', async () => {
  const responses: Response[] = [];
  page.on('response', (response) => responses.push(response));
  await open();
  const scripts = responses.filter((response) => /\/assets\/.*\.(js|css)$/.test(response.url()));
  expect(scripts.length).toBeGreaterThan(3);
  for (const script of scripts) {
    expect(await script.allHeaders()).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
    });
  }
  const first = await transferredBytes();
  // With all its workers; uncompressed it would be more than 6 MB.
  expect(first).toBeLessThan(2_000_000);
  await open();
  expect(await transferredBytes()).toBeLessThan(first / 10);
});

test('the page may only talk to its own server, and is asked for anew at each visit', async () => {
  const response = await page.goto(product.url);
  const headers = await response?.allHeaders();
  expect(headers?.['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
  expect(headers).toMatchObject({ 'cache-control': 'no-cache', vary: expect.stringContaining('Accept') });
  const again = await fetch(product.url, {
    headers: { accept: 'text/html', 'if-none-match': headers?.etag ?? '' },
  });
  expect(again.status).toBe(304);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
});

test.each(['*/*', 'application/json', 'application/json, text/html', 'text/html;q=0.5, application/json'])(
  'a client that accepts %s gets GraphQL',
  async (accept) => {
    const response = await fetch(`${product.url}?query={__typename}`, {
      headers: { accept, 'apollo-require-preflight': 'true' },
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  },
);

/** Opens the playground and waits until its editor shows an operation and its schema has arrived. */
async function open(search = ''): Promise<void> {
  const introspected = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.goto(product.url + search);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await introspected;
}

/** Runs the operation in the current tab. */
async function run(): Promise<Response> {
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.locator('.graphiql-execute-button').click();
  return answered;
}

/** Waits until GraphiQL has put the text away, which it does up to half a second after a change. */
async function stored(key: string, text: string): Promise<void> {
  const { origin } = new URL(product.url);
  for (;;) {
    const { origins } = await visitor.context.storageState();
    const items = origins.find((entry) => entry.origin === origin)?.localStorage ?? [];
    if (items.some(({ name, value }) => name.endsWith(`:${key}`) && value.includes(text))) return;
    await setTimeout(50);
  }
}

function tab(name: string): Locator {
  return page.getByRole('tablist').getByTitle(name, { exact: true });
}

function tabNames(): Promise<string[]> {
  return page.getByRole('tab').allInnerTexts();
}

/** What the current page took from the network; what came from the cache counts nothing. */
function transferredBytes(): Promise<number> {
  return page.evaluate(() => {
    const files = performance.getEntriesByType('resource') as unknown as { transferSize: number }[];
    return files.reduce((bytes, file) => bytes + file.transferSize, 0);
  });
}

async function checkIn(): Promise<void> {
  const response = await fetch(product.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: CheckInInput!) { checkIn(input: $input) { duplicate } }',
      variables: { input: { clusterId, components: [{ name: 'router', version: 'v2.0.0' }] } },
    }),
  });
  expect(await response.json()).toEqual({ data: { checkIn: { duplicate: false } } });
}
