import { ENTITIES } from './src/app';
import { readConfig } from './src/config/config';
import { createDataSource } from './src/persistence/data-source';
import { findDatabase } from './src/persistence/targets/index';
import { createLogger } from './src/shared/logger';

/** The DataSource of the server, for the TypeORM CLI: `npm run typeorm -- schema:log`. */
async function dataSource() {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const target = await findDatabase({ ...config, purpose: 'TypeORM CLI', mode: 'join', logger });
  return createDataSource({ connection: target.connection, entities: ENTITIES, logger });
}

export default dataSource();
