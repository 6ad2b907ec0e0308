import { identityOf } from '../../shared/identity';
import { parseDocument } from '../../shared/json';
import { createLoader } from '../../shared/loader';
import type { ComponentTrain, ComponentVersion, VersionKey, VersionRepository } from './version.repository';

/** For one request: every batch is one statement. */
export function createVersionLoaders(repository: VersionRepository) {
  return {
    latest: createLoader<ComponentTrain, ComponentVersion | null>(
      ({ component, train }) => identityOf(component, train),
      (keys) => repository.latestByKeys(keys),
    ),
    byKey: createLoader<VersionKey, ComponentVersion | null>(
      ({ component, train, version }) => identityOf(component, train, version),
      (keys) => repository.byKeys(keys),
    ),
    document: createLoader<string, unknown>(
      (id) => id,
      async (ids) => (await repository.documentsByIds(ids)).map(parseDocument),
    ),
  };
}

export type VersionLoaders = ReturnType<typeof createVersionLoaders>;
