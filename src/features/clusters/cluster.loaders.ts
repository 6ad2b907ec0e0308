import { parseDocument } from '../../shared/json';
import { createLoader } from '../../shared/loader';
import type { Cluster, ClusterRepository } from './cluster.repository';

/** For one request: every batch is one statement. */
export function createClusterLoaders(repository: ClusterRepository) {
  return {
    byId: createLoader<string, Cluster | null>(
      (id) => id,
      (ids) => repository.byIds(ids),
    ),
    document: createLoader<string, unknown>(
      (id) => id,
      async (ids) => (await repository.documentsByIds(ids)).map(parseDocument),
    ),
  };
}

export type ClusterLoaders = ReturnType<typeof createClusterLoaders>;
