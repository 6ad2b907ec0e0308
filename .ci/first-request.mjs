// Starts the built server as the README does, asks it something, and stops it as Ctrl-C would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const dataDir = mkdtempSync(join(tmpdir(), 'first-request-'));
const server = spawn('npm', ['start'], {
  env: { ...process.env, PORT: '0', DATA_DIR: dataDir },
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = once(server, 'exit');
try {
  let url;
  for await (const line of createInterface(server.stdout)) {
    url = line.startsWith('{') ? JSON.parse(line).url : undefined;
    if (url) break;
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ clusters { totalCount } }' }),
  });
  assert.deepEqual(await response.json(), { data: { clusters: { totalCount: 0 } } });
  server.stdout.resume();
  process.kill(-server.pid, 'SIGINT');
  const [code] = await exited;
  assert.equal(code, 0);
  console.log('answered, and stopped with exit code 0');
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
