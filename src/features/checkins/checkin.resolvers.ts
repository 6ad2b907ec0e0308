import type { Resolvers } from '../../graphql/generated';

export const checkinResolvers: Resolvers = {
  Query: {
    checkins: (_, list, { services }) => services.checkins.list(list),
  },
  Mutation: {
    checkIn: (_, { input }, context) => context.write(() => context.services.checkins.checkIn(input)),
  },
  Cluster: {
    checkins: (cluster, list, { services, loaders }) =>
      services.checkins.history(cluster, list, loaders.checkins),
    checkinCount: (cluster, _, { services, loaders }) => services.checkins.count(cluster, loaders.checkins),
  },
  Checkin: {
    data: (checkin, _, { services, loaders }) => services.checkins.data(checkin, loaders.checkins),
    components: (checkin, _, { services, loaders }) =>
      services.checkins.components(checkin, loaders.checkins),
    cluster: ({ clusterId }, _, { services, loaders }) =>
      services.clusters.ofCheckin(clusterId, loaders.clusters),
  },
};
