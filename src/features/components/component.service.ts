import { isStorableText } from '../../shared/json';
import type { ComponentVersion, VersionLoaders } from '../versions/index';
import type { InstalledComponent } from './installed-component';

export type Freshness = 'CURRENT' | 'OUTDATED' | 'UNKNOWN';

/** How installed components stand to the catalogue. */
export class ComponentService {
  /** Null where the report names no train or nothing is published on it. */
  async latest(
    { name, train }: InstalledComponent,
    loaders: VersionLoaders,
  ): Promise<ComponentVersion | null> {
    if (train === null || !isStorableText(name) || !isStorableText(train)) return null;
    return loaders.latest.load({ component: name, train });
  }

  async freshness(installed: InstalledComponent, loaders: VersionLoaders): Promise<Freshness> {
    const [latest, known] = await Promise.all([
      this.latest(installed, loaders),
      this.published(installed, loaders),
    ]);
    return freshnessOf(known, latest);
  }

  /** The catalogue's record of what is installed. */
  private async published(
    { name, train, version }: InstalledComponent,
    loaders: VersionLoaders,
  ): Promise<ComponentVersion | null> {
    // No catalogue holds a text that PostgreSQL cannot store, and asking for it would fail everybody else's.
    if (train === null || ![name, train, version].every(isStorableText)) return null;
    return loaders.byKey.load({ component: name, train, version });
  }
}

/**
 * The rule of the contract's `Freshness`. A version without a release time is UNKNOWN even where it counts as
 * latest: nothing says what came after it.
 */
function freshnessOf(known: ComponentVersion | null, latest: ComponentVersion | null): Freshness {
  if (known?.releasedAt == null) return 'UNKNOWN';
  // Without a latest version everything on the train, the installed one too, is still to be released.
  if (latest?.releasedAt == null || known.id === latest.id) return 'CURRENT';
  return known.releasedAt > latest.releasedAt ? 'CURRENT' : 'OUTDATED';
}
