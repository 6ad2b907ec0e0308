import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusedStart } from './support/server';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'workflow-manager-start-'));
  chmodSync(dataDir, 0o755);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('a start that cannot succeed says so in one line', () => {
  it('where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const message = await refusedStart({ DATA_DIR: dataDir, PORT: String(port) });
    expect(message).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is taken.*set PORT`));
    other.close();
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('where HOST is no address of this machine', async () => {
    expect(await refusedStart({ DATA_DIR: dataDir, HOST: '192.0.2.1' })).toMatch(
      /HOST 192.0.2.1 is no address of this machine; set HOST/,
    );
  });

  it.each(['fe80::1', 'x'.repeat(300)])('where HOST %s cannot be listened on', async (host) => {
    expect(await refusedStart({ DATA_DIR: dataDir, HOST: host })).toMatch(/HOST/);
  });

  it('where DATA_DIR is a file', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await refusedStart({ DATA_DIR: join(dataDir, 'file') })).toMatch(/DATA_DIR .*file/);
  });

  it('where DATA_DIR cannot be written', async () => {
    expect(await refusedStart({ DATA_DIR: '/dev/null/data' })).toMatch(
      /DATA_DIR \/dev\/null\/data cannot be used/,
    );
  });

  it('where the data is of another major version of PostgreSQL, and leaves it as it is', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n');
    expect(await refusedStart({ DATA_DIR: dataDir })).toMatch(
      /written by PostgreSQL 17, and .* is PostgreSQL 18: run/,
    );
    expect(readdirSync(join(dataDir, 'postgres'))).toEqual(['PG_VERSION']);
  });

  it('where the configuration is wrong, naming everything at once and starting nothing', async () => {
    const message = await refusedStart({
      DATA_DIR: dataDir,
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://user:hidden-secret@host/x',
      HOST: 'a b',
    });
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'HOST'])
      expect(message).toContain(`${name} must be`);
    expect(message).not.toContain('hidden-secret');
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });
});
