import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** No look-up leaves the machine, so that whatever the page needs from elsewhere is missing, and shows. */
const OFFLINE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  OFFLINE,
];

/** Starts the Chromium at CHROMIUM_PATH, or the one of the system. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  });
}

/** A visitor with an empty cache and storage, and everything that went wrong in front of them. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  problems: string[];
}

/** Opens a page that records each console warning and error, failed request and request to another origin. */
export async function createVisitor(browser: Browser, origin: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1200 } });
  const problems: string[] = [];
  context.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  context.on('weberror', (failure) => problems.push(`uncaught: ${failure.error()}`));
  context.on('requestfailed', (request) => {
    // Leaving a page aborts what it is still loading.
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()} ${reason}`);
  });
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`left the origin: ${request.url()}`);
  });
  return { context, page: await context.newPage(), problems };
}
