import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapOnto } from './timeline';

/** The file stands beside the sources and is not copied to what is built of them. */
const FILE = join(
  __dirname,
  __filename.endsWith('.ts') ? '../..' : '../../..',
  'src/demo/workflow-versions.ndjson',
);

/** Released with Workflow, but not installed on a cluster. */
const NOT_INSTALLED = new Set(['charts', 'workflow-cli', 'workflow-e2e']);

/** The component whose versions are the releases that a cluster installs and upgrades to. */
const PRODUCT = 'workflow';

/** A version as it is published. */
export interface CatalogueVersion {
  readonly component: string;
  readonly train: string;
  readonly version: string;
  readonly releasedAt: string;
  readonly data: { readonly workflow: string };
}

/** A component of a report. */
export interface InstalledVersion {
  readonly name: string;
  readonly train: string;
  readonly version: string;
  readonly releasedAt: string;
}

/** A release of the whole product. */
export interface WorkflowRelease {
  readonly version: string;
  readonly releasedAt: number;
  /** What a cluster on this release runs. */
  readonly components: readonly InstalledVersion[];
}

/** The real release history, oldest first, with its real times. */
export function readCatalogue(): CatalogueVersion[] {
  const lines = readFileSync(FILE, 'utf8').trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as CatalogueVersion)
    .sort((one, other) => releaseTime(one) - releaseTime(other));
}

/** The same history with its times mapped onto the window that starts at `start`. */
export function mapCatalogue(catalogue: readonly CatalogueVersion[], start: number): CatalogueVersion[] {
  const times = catalogue.map(releaseTime);
  const map = mapOnto(start, { first: Math.min(...times), last: Math.max(...times) });
  return catalogue.map((version) => ({
    ...version,
    releasedAt: new Date(map(releaseTime(version))).toISOString(),
  }));
}

/**
 * The product's releases in the order of their release times, which is not always that of their numbers: 2.20.1
 * came after 2.20.2. Releases of components alone (2.9.0, 2.9.1) reach a cluster with the next one.
 */
export function workflowReleases(catalogue: readonly CatalogueVersion[]): WorkflowRelease[] {
  return catalogue
    .filter(({ component }) => component === PRODUCT)
    .map((release) => ({
      version: release.version,
      releasedAt: releaseTime(release),
      components: installedBy(releaseTime(release), catalogue),
    }));
}

/** Of each installed component the newest version that is released by then. */
function installedBy(instant: number, catalogue: readonly CatalogueVersion[]): InstalledVersion[] {
  const newest = new Map<string, InstalledVersion>();
  for (const { component: name, train, version, releasedAt } of catalogue) {
    if (NOT_INSTALLED.has(name) || Date.parse(releasedAt) > instant) continue;
    newest.set(name, { name, train, version, releasedAt });
  }
  return [...newest.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function releaseTime({ releasedAt }: CatalogueVersion): number {
  return Date.parse(releasedAt);
}
