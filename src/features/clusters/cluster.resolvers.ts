import type { Resolvers } from '../../graphql/generated';

export const clusterResolvers: Resolvers = {
  Query: {
    cluster: (_, { id }, { services, loaders }) => services.clusters.find(id, loaders.clusters),
    clusters: (_, list, { services }) => services.clusters.list(list),
  },
  Cluster: {
    data: ({ id }, _, { loaders }) => loaders.clusters.document.load(id),
    components: (cluster, _, { services, loaders }) =>
      services.clusters.components(cluster, loaders.clusters),
  },
};
