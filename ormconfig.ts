import type { DataSource } from 'typeorm';
import { ENTITIES } from './src/app';
import { readConfig } from './src/config/config';
import { createDataSource } from './src/persistence/data-source';
import { findDatabase } from './src/persistence/targets/index';
import { createLogger } from './src/shared/logger';

/** The server's DataSource for the TypeORM CLI: `npm run typeorm -- schema:log`. */
async function open(): Promise<DataSource> {
  const config = readConfig(process.env);
  const logger = createLogger('error');
  const target = await findDatabase({ ...config, purpose: 'TypeORM CLI', mode: 'join', logger });
  const dataSource = createDataSource({ connection: target.connection, entities: ENTITIES, logger });
  const destroy = dataSource.destroy.bind(dataSource);
  // The CLI ends by destroying the DataSource; an embedded database that was started for it ends then too.
  return Object.assign(dataSource, { destroy: () => destroy().then(() => target.close()) });
}

export default open();
