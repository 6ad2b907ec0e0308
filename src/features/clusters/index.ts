export { ClusterEntity } from './cluster.entity';
export { type ClusterLoaders, createClusterLoaders } from './cluster.loaders';
export { type Cluster, ClusterRepository } from './cluster.repository';
export { clusterResolvers } from './cluster.resolvers';
export { type ClusterConnection, ClusterService } from './cluster.service';
