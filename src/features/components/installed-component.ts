import { identityOf } from '../../shared/identity';
import type { Instant } from '../../shared/instant';

/** A component as a report lists it. */
export interface InstalledComponent {
  readonly name: string;
  readonly description: string | null;
  readonly train: string | null;
  readonly version: string;
  readonly data: unknown;
}

/** What a cluster reports, checked. */
export interface Report {
  readonly clusterId: string;
  readonly components: readonly ReportedComponent[];
  readonly data?: unknown;
}

export interface ReportedComponent {
  readonly name: string;
  readonly description?: string | null;
  readonly train?: string | null;
  readonly version: string;
  readonly releasedAt?: Instant | null;
  readonly data?: unknown;
}

/** What tells the entries of one report apart. No train is a key of its own. */
export function componentKey({ name, train }: { name: string; train?: string | null }): string {
  return identityOf(name, train ?? null);
}

/** The document of a report, as JSON text, in the shape that older readers of the tables know. */
export function writeDocument({ clusterId, components, data }: Report): string {
  return JSON.stringify({
    id: clusterId,
    components: components.map((reported) => ({
      component: { name: reported.name, description: reported.description ?? undefined },
      version: {
        train: reported.train ?? undefined,
        version: reported.version,
        released: reported.releasedAt ?? undefined,
        data: reported.data ?? undefined,
      },
    })),
    data: data ?? undefined,
  });
}

/**
 * What a stored document lists. Old documents are untidy: what is no list, no object or has no name is left out,
 * a missing version is empty, and of two entries with the same name and train the last one counts.
 */
export function readComponents(document: unknown): InstalledComponent[] {
  const entries = member(document, 'components');
  if (!Array.isArray(entries)) return [];
  const components = new Map<string, InstalledComponent>();
  for (const entry of entries) {
    const [component, version] = [member(entry, 'component'), member(entry, 'version')];
    const name = text(member(component, 'name'));
    if (name === null) continue;
    const installed = {
      name,
      description: text(member(component, 'description')),
      train: text(member(version, 'train')),
      version: text(member(version, 'version')) ?? '',
      data: member(version, 'data') ?? null,
    };
    components.set(componentKey(installed), installed);
  }
  return [...components.values()];
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** A text that says something; an empty one is as good as none. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
