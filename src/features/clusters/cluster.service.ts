import { parseDocument } from '../../shared/json';
import { Connection, type CursorKind, type PageArguments, requirePageWindow } from '../../shared/pagination';
import { type InstantRange, requireRange } from '../../shared/range';
import {
  isUuid,
  MAX_LENGTH,
  requireMaxLength,
  requireName,
  requireUuid,
  requireUuids,
} from '../../shared/text';
import { type InstalledComponent, readComponents } from '../components/index';
import type { ClusterLoaders } from './cluster.loaders';
import {
  CLUSTER_ORDERS,
  type Cluster,
  type ClusterFilter,
  type ClusterOrder,
  type ClusterRepository,
} from './cluster.repository';

export type ClusterConnection = Connection<Cluster>;

interface Runs {
  component: string;
  train?: string | null;
  version?: string | null;
}

export interface ListClusters extends PageArguments {
  filter?: {
    ids?: readonly string[] | null;
    firstSeen?: InstantRange | null;
    lastSeen?: InstantRange | null;
    runs?: Runs | null;
  } | null;
  orderBy?: ClusterOrder | null;
}

/** The fleet: which clusters there are, when they were seen, and what their latest report says. */
export class ClusterService {
  constructor(private readonly repository: ClusterRepository) {}

  find(id: string, loaders: ClusterLoaders): Promise<Cluster | null> {
    return loaders.byId.load(requireUuid(id, 'id'));
  }

  async list({ filter, orderBy, ...page }: ListClusters): Promise<ClusterConnection> {
    const order = orderBy ?? 'LAST_SEEN_DESC';
    const kind: CursorKind = {
      tag: `clusters:${order}`,
      isId: isUuid,
      instant: order === 'ID' ? 'never' : 'known',
    };
    const window = requirePageWindow(page, kind);
    const checked = requireFilter(filter);
    return new Connection(await this.repository.listPage(checked, order, window), window, {
      kind,
      position: CLUSTER_ORDERS[order].position,
      count: () => this.repository.count(checked),
    });
  }

  /**
   * The cluster of a check-in. One that was written past this product may lack its cluster's row: then nothing
   * but the id is known of the cluster.
   */
  async ofCheckin(id: string, loaders: ClusterLoaders): Promise<Cluster> {
    return (await loaders.byId.load(id)) ?? { id, firstSeen: null, lastSeen: null };
  }

  async components({ id }: Cluster, loaders: ClusterLoaders): Promise<InstalledComponent[]> {
    return readComponents(await loaders.document.load(id));
  }
}

function requireFilter(filter: ListClusters['filter']): ClusterFilter {
  const runs = filter?.runs;
  const [firstSeen, lastSeen] = [
    requireRange(filter?.firstSeen, 'filter.firstSeen'),
    requireRange(filter?.lastSeen, 'filter.lastSeen'),
  ];
  return {
    ...(filter?.ids && { ids: requireUuids(filter.ids, 'filter.ids') }),
    ...(firstSeen && { firstSeen }),
    ...(lastSeen && { lastSeen }),
    ...(runs && { hasDocument: documentRuns(requireRuns(runs)) }),
  };
}

function requireRuns(runs: Runs): Runs {
  requireName(runs.component, MAX_LENGTH.component, 'filter.runs.component');
  if (runs.train != null) requireName(runs.train, MAX_LENGTH.train, 'filter.runs.train');
  // An empty version finds the components that are reported without one.
  if (runs.version != null) requireMaxLength(runs.version, MAX_LENGTH.version, 'filter.runs.version');
  return runs;
}

function documentRuns({ component, train, version }: Runs): (document: string | null) => boolean {
  return (document) =>
    readComponents(parseDocument(document)).some(
      (installed) =>
        installed.name === component &&
        (train == null || installed.train === train) &&
        (version == null || installed.version === version),
    );
}
