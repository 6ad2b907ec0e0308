import { StartupError } from '../shared/errors';
import { parseInstant } from '../shared/instant';
import { type CatalogueVersion, mapCatalogue } from './catalogue';
import type { Ask } from './client';
import { isStart } from './timeline';

const BATCH = 20;

interface PublishedVersion {
  readonly component: string;
  readonly train: string;
  readonly version: string;
  readonly releasedAt: string | null;
}

interface VersionPage {
  readonly componentVersions: {
    readonly nodes: readonly PublishedVersion[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** What the API's catalogue holds of ours. */
export type Published = ReadonlyMap<string, PublishedVersion>;

/** Finds which of our versions are published, and when. */
export async function findPublished(ask: Ask, catalogue: readonly CatalogueVersion[]): Promise<Published> {
  const ours = new Set(catalogue.map(keyOf));
  const found = new Map<string, PublishedVersion>();
  let after: string | null = null;
  do {
    const page: VersionPage = await ask<VersionPage>(
      `query demoCatalogue($after: String) {
        componentVersions(first: 500, after: $after) {
          nodes { component train version releasedAt }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { after },
    );
    const { nodes, pageInfo } = page.componentVersions;
    for (const version of nodes) if (ours.has(keyOf(version))) found.set(keyOf(version), version);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

/**
 * Where the window of an earlier run starts: at the first release, which is published before all others.
 * Undefined if none of our versions is published. Throws `StartupError` if what is published is not an earlier
 * run's: then to go on would mix two histories, or alter published versions.
 */
export function startOf(published: Published, catalogue: readonly CatalogueVersion[]): number | undefined {
  const [earliest] = catalogue;
  if (published.size === 0 || !earliest) return undefined;
  const start = Date.parse(published.get(keyOf(earliest))?.releasedAt ?? '');
  const foreign = findForeign(published, catalogue, isStart(start) ? mapCatalogue(catalogue, start) : []);
  if (!foreign) return start;
  throw new StartupError(
    `The catalogue holds ${foreign.component} ${foreign.version} (${foreign.train}), released ` +
      `${foreign.releasedAt ?? 'at no known time'}, which is not the demo's release time, and the demo alters no published ` +
      'version; play it to an empty database: set DATA_DIR to another folder, or DATABASE_URL to another database.',
  );
}

/** Publishes the versions that are missing, oldest first, so that the first one always tells the window's start; how many are new. */
export async function publishMissing(
  ask: Ask,
  versions: readonly CatalogueVersion[],
  { signal, onProgress }: { signal: AbortSignal; onProgress: (count: number) => void },
): Promise<number> {
  let created = 0;
  for (let done = 0; done < versions.length && !signal.aborted; done += BATCH) {
    const batch = versions.slice(done, done + BATCH);
    const inputs = batch.map((input, index) => [`i${index}`, input]);
    const data = await ask<Record<string, { created: boolean }>>(
      publishDocument(batch.length),
      Object.fromEntries(inputs),
    );
    created += Object.values(data).filter((payload) => payload.created).length;
    onProgress(batch.length);
  }
  return created;
}

/** What tells the versions of a catalogue apart. */
export function keyOf({ component, train, version }: Omit<PublishedVersion, 'releasedAt'>): string {
  return JSON.stringify([component, train, version]);
}

/** The first version that is published with another time than `mapped` gives it; `mapped` is empty if there is none to give. */
function findForeign(
  published: Published,
  catalogue: readonly CatalogueVersion[],
  mapped: readonly CatalogueVersion[],
): PublishedVersion | undefined {
  return catalogue
    .map((version, index) => ({ theirs: published.get(keyOf(version)), ours: mapped[index] }))
    .find(({ theirs, ours }) => theirs && (!ours || theirs.releasedAt !== parseInstant(ours.releasedAt)))
    ?.theirs;
}

/** The fields of a mutation run one after another, in their order. */
function publishDocument(size: number): string {
  const indexes = [...Array(size).keys()];
  return `mutation demoPublish(${indexes.map((index) => `$i${index}: PublishVersionInput!`).join(', ')}) {
    ${indexes.map((index) => `p${index}: publishVersion(input: $i${index}) { created }`).join('\n')}
  }`;
}
