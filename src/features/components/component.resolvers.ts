import type { Resolvers } from '../../graphql/generated';

export const componentResolvers: Resolvers = {
  InstalledComponent: {
    latest: (installed, _, { services, loaders }) => services.components.latest(installed, loaders.versions),
    freshness: (installed, _, { services, loaders }) =>
      services.components.freshness(installed, loaders.versions),
  },
};
