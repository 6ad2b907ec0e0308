export { VersionEntity } from './version.entity';
export { createVersionLoaders, type VersionLoaders } from './version.loaders';
export { type ComponentVersion, VersionRepository } from './version.repository';
export { versionResolvers } from './version.resolvers';
export { type ComponentVersionConnection, VersionService } from './version.service';
