import type { CheckinLoaders, CheckinService } from '../features/checkins/index';
import type { ClusterLoaders, ClusterService } from '../features/clusters/index';
import type { ComponentService } from '../features/components/index';
import type { VersionLoaders, VersionService } from '../features/versions/index';

export interface Services {
  readonly clusters: ClusterService;
  readonly checkins: CheckinService;
  readonly components: ComponentService;
  readonly versions: VersionService;
}

export interface Loaders {
  readonly clusters: ClusterLoaders;
  readonly checkins: CheckinLoaders;
  readonly versions: VersionLoaders;
}

/** What the resolvers of one request share. */
export class Context {
  /** What the request's log line says of it. An object of its own, because Apollo Server works on a copy of this one. */
  readonly log: { operation?: string } = {};
  private current: Loaders;

  constructor(
    readonly services: Services,
    private readonly createLoaders: () => Loaders,
  ) {
    this.current = createLoaders();
  }

  get loaders(): Loaders {
    return this.current;
  }

  /** Runs a write; what is loaded afterwards sees its effect, also where the request loaded it before. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.current = this.createLoaders();
    }
  }
}
