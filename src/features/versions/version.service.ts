import { parseDocument } from '../../shared/json';
import { Connection, type CursorKind, type PageArguments, requirePageWindow } from '../../shared/pagination';
import { type InstantRange, requireRange } from '../../shared/range';
import { isBigint, MAX_LENGTH, requireAtMost500, requireName } from '../../shared/text';
import type { VersionLoaders } from './version.loaders';
import type { ComponentTrain, ComponentVersion, VersionKey, VersionRepository } from './version.repository';

export type ComponentVersionConnection = Connection<ComponentVersion>;

export interface ListVersions extends PageArguments {
  filter?: { component?: string | null; train?: string | null; releasedAt?: InstantRange | null } | null;
}

export interface PublishVersion extends VersionKey {
  releasedAt: string;
  data?: unknown;
}

const CURSOR: CursorKind = { tag: 'componentVersions', isId: isBigint, instant: 'known' };

/** The catalogue: the source of authority for what each component's versions are. */
export class VersionService {
  constructor(private readonly repository: VersionRepository) {}

  find(key: VersionKey, loaders: VersionLoaders): Promise<ComponentVersion | null> {
    return loaders.byKey.load(requireVersionKey(key, ''));
  }

  async list({ filter, ...page }: ListVersions): Promise<ComponentVersionConnection> {
    const window = requirePageWindow(page, CURSOR);
    const checked = {
      component: filter?.component == null ? null : requireComponent(filter.component, 'filter.component'),
      train: filter?.train == null ? null : requireTrain(filter.train, 'filter.train'),
      releasedAt: requireRange(filter?.releasedAt, 'filter.releasedAt'),
    };
    return new Connection(await this.repository.listPage(checked, window), window, {
      kind: CURSOR,
      position: ({ releasedAt, id }) => ({ instant: releasedAt, id }),
      count: () => this.repository.count(checked),
    });
  }

  /** Same length and order as `of`. */
  latest(of: readonly ComponentTrain[], loaders: VersionLoaders): Promise<(ComponentVersion | null)[]> {
    requireAtMost500(of, 'of');
    return Promise.all(
      of.map((key, index) => loaders.latest.load(requireComponentTrain(key, `of[${index}].`))),
    );
  }

  async isLatest({ id, component, train }: ComponentVersion, loaders: VersionLoaders): Promise<boolean> {
    return (await loaders.latest.load({ component, train }))?.id === id;
  }

  async data({ id, document }: ComponentVersion, loaders: VersionLoaders): Promise<unknown> {
    return document === undefined ? loaders.document.load(id) : parseDocument(document);
  }

  publish(input: PublishVersion): Promise<{ componentVersion: ComponentVersion; created: boolean }> {
    const data = input.data == null ? null : JSON.stringify(input.data);
    return this.repository.publish(requireVersionKey(input, 'input.'), {
      releasedAt: input.releasedAt,
      data,
    });
  }
}

function requireComponent(name: string, argument: string): string {
  return requireName(name, MAX_LENGTH.component, argument);
}

function requireTrain(name: string, argument: string): string {
  return requireName(name, MAX_LENGTH.train, argument);
}

function requireComponentTrain({ component, train }: ComponentTrain, path: string): ComponentTrain {
  return {
    component: requireComponent(component, `${path}component`),
    train: requireTrain(train, `${path}train`),
  };
}

function requireVersionKey(key: VersionKey, path: string): VersionKey {
  return {
    ...requireComponentTrain(key, path),
    version: requireName(key.version, MAX_LENGTH.version, `${path}version`),
  };
}
