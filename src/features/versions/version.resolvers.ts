import type { Resolvers } from '../../graphql/generated';

export const versionResolvers: Resolvers = {
  Query: {
    componentVersion: (_, key, { services, loaders }) => services.versions.find(key, loaders.versions),
    componentVersions: (_, list, { services }) => services.versions.list(list),
    latestVersions: (_, { of }, { services, loaders }) => services.versions.latest(of, loaders.versions),
  },
  Mutation: {
    publishVersion: (_, { input }, context) => context.write(() => context.services.versions.publish(input)),
  },
  ComponentVersion: {
    data: (version, _, { services, loaders }) => services.versions.data(version, loaders.versions),
    isLatest: (version, _, { services, loaders }) => services.versions.isLatest(version, loaders.versions),
  },
};
