import { join } from 'node:path';
import type { Config } from './config/config';
import {
  CheckinEntity,
  CheckinRecorder,
  CheckinRepository,
  CheckinService,
  createCheckinLoaders,
} from './features/checkins/index';
import {
  ClusterEntity,
  ClusterRepository,
  ClusterService,
  createClusterLoaders,
} from './features/clusters/index';
import { ComponentService } from './features/components/index';
import {
  createVersionLoaders,
  VersionEntity,
  VersionRepository,
  VersionService,
} from './features/versions/index';
import { Context, createGraphqlServer } from './graphql/server';
import { drain, listen } from './http/lifecycle';
import { createHttpServer } from './http/server';
import { bootstrap } from './persistence/bootstrap';
import { closeDataSource, connectDataSource } from './persistence/data-source';
import { Database, type Queryable } from './persistence/database';
import { findDatabase } from './persistence/targets/index';
import { StartupError } from './shared/errors';
import type { Logger } from './shared/logger';
import { Releases } from './shared/releases';

export const ENTITIES = [ClusterEntity, CheckinEntity, VersionEntity];

/** The folder that holds schema.graphql and dist; the same for the sources and for what is built of them. */
const PROJECT_ROOT = join(__dirname, __filename.endsWith('.ts') ? '..' : '../..');

export interface AppOptions {
  readonly logger: Logger;
  /** What this process is, for messages of others. */
  readonly purpose?: string;
  /** Whether the embedded database must be this process's own, or may be one that another process runs. */
  readonly database?: 'own' | 'join';
}

export interface App {
  /** Starts everything; the GraphQL endpoint's address. Gives back what it had acquired if it fails. */
  start(): Promise<string>;
  /** Finishes what runs and gives everything back. May be called at any time, and more than once. */
  stop(): Promise<void>;
}

/** The whole product, wired but not started. */
export function createApp(config: Config, options: AppOptions): App {
  const releases = new Releases();
  const stopping = new AbortController();
  let starting: Promise<string> | undefined;
  return {
    start() {
      starting ??= run({ config, options, releases, signal: stopping.signal }).catch(async (error) => {
        await releases.run();
        throw error;
      });
      return starting;
    },
    async stop() {
      stopping.abort();
      await releases.run();
      await starting?.catch(() => {});
    },
  };
}

interface Run {
  readonly config: Config;
  readonly options: AppOptions;
  readonly releases: Releases;
  readonly signal: AbortSignal;
}

/** The walk, from the database up to the port. Each step registers its release before the next one begins. */
async function run({ config, options, releases, signal }: Run): Promise<string> {
  const { logger, purpose = 'server', database: mode = 'own' } = options;
  const target = await findDatabase({ ...config, purpose, mode, logger, signal });
  await releases.add(() => target.close());

  const dataSource = await connectDataSource({ target, entities: ENTITIES, logger });
  await releases.add(() => closeDataSource(dataSource));
  await bootstrap({ connection: target.connection, dataSource, logger, signal });
  const database = new Database(dataSource);

  const apollo = createGraphqlServer({ schemaFile: join(PROJECT_ROOT, 'schema.graphql'), logger });
  await apollo.start();
  await releases.add(() => apollo.stop());

  const server = await createHttpServer({
    apollo,
    createContext: contextFactory(database),
    checkReady: async () => void (await database.query('SELECT 1')),
    playgroundDirectory: join(PROJECT_ROOT, 'dist/playground'),
    logger,
  });
  await releases.add(() => drain(server, logger));
  if (signal.aborted) throw new StartupError('Stopped before the start was complete.');
  const url = `${await listen(server, config)}/graphql`;
  logger.info(
    { url, database: target.description },
    `listening; open ${url} in a browser to explore the API`,
  );
  return url;
}

/** Repositories and services serve every request; loaders are made anew for each. */
function contextFactory(database: Queryable): () => Context {
  const repositories = {
    clusters: new ClusterRepository(database),
    checkins: new CheckinRepository(database),
    versions: new VersionRepository(database),
  };
  const services = {
    clusters: new ClusterService(repositories.clusters),
    checkins: new CheckinService(repositories.checkins, new CheckinRecorder(database)),
    components: new ComponentService(),
    versions: new VersionService(repositories.versions),
  };
  return () =>
    new Context(services, () => ({
      clusters: createClusterLoaders(repositories.clusters),
      checkins: createCheckinLoaders(repositories.checkins),
      versions: createVersionLoaders(repositories.versions),
    }));
}
