// Starts the built server as the README does, asks it something, and stops it as Ctrl-C would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const dataDir = mkdtempSync(join(tmpdir(), 'first-request-'));
// As root, the database runs as another user, who must get there.
chmodSync(dataDir, 0o755);
const server = spawn('npm', ['start'], {
  env: { ...process.env, PORT: '0', DATA_DIR: dataDir },
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const log = createInterface(server.stdout)[Symbol.asyncIterator]();

/** Reads the log up to the line that is looked for. */
async function logged(wanted) {
  for (;;) {
    const { done, value } = await log.next();
    assert(!done, 'the server ended');
    const line = value.startsWith('{') ? JSON.parse(value) : {};
    if (wanted(line)) return line;
  }
}

try {
  const { url } = await logged((line) => line.url);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ clusters { totalCount } }' }),
  });
  assert.deepEqual(await response.json(), { data: { clusters: { totalCount: 0 } } });
  process.kill(-server.pid, 'SIGINT');
  await logged(({ msg }) => msg === 'stopped');
  assert(!existsSync(join(dataDir, 'postgres/postmaster.pid')));
  console.log('answered, and stopped with its database');
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
