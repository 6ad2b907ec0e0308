import type { Queryable } from '../../persistence/database';
import { countMatching, type KeysetOrder, type KeysetQuery, readPage } from '../../persistence/keyset';
import { allOf, inRange, Parameters } from '../../persistence/sql';
import { type Instant, instantFromDatabase } from '../../shared/instant';
import type { Page, PageWindow, Position } from '../../shared/pagination';
import type { InstantRange } from '../../shared/range';

/** One installation; its latest report's document is read on its own (`documentsByIds`). */
export interface Cluster {
  readonly id: string;
  readonly firstSeen: Instant | null;
  readonly lastSeen: Instant | null;
}

export interface ClusterFilter {
  readonly ids?: readonly string[];
  readonly firstSeen?: InstantRange | undefined;
  readonly lastSeen?: InstantRange | undefined;
  /** Decides by the document of the latest report, given as JSON text. */
  readonly hasDocument?: (document: string | null) => boolean;
}

interface ClusterRow {
  cluster_id: string;
  first_seen: string | null;
  last_seen: string | null;
}

const COLUMNS = 'cluster_id, first_seen, last_seen';
const BY_INSTANT = { id: 'cluster_id', idType: 'uuid', unknownLast: true } as const;

interface ClusterOrdering {
  readonly keyset: KeysetOrder;
  /** The instant that it orders by; none for an order by id. */
  readonly ordersBy?: 'firstSeen' | 'lastSeen';
  readonly position: (cluster: Cluster) => Position;
}

function bySeen(column: 'first_seen' | 'last_seen', descending: boolean): ClusterOrdering {
  const field = column === 'first_seen' ? 'firstSeen' : 'lastSeen';
  return {
    keyset: { ...BY_INSTANT, instant: column, descending },
    ordersBy: field,
    position: (cluster) => ({ instant: cluster[field], id: cluster.id }),
  };
}

/** The contract's `ClusterOrder`. */
export type ClusterOrder = 'LAST_SEEN_DESC' | 'LAST_SEEN_ASC' | 'FIRST_SEEN_DESC' | 'FIRST_SEEN_ASC' | 'ID';

export const CLUSTER_ORDERS: Readonly<Record<ClusterOrder, ClusterOrdering>> = {
  LAST_SEEN_DESC: bySeen('last_seen', true),
  LAST_SEEN_ASC: bySeen('last_seen', false),
  FIRST_SEEN_DESC: bySeen('first_seen', true),
  FIRST_SEEN_ASC: bySeen('first_seen', false),
  ID: {
    keyset: { id: 'cluster_id', idType: 'uuid', descending: false, unknownLast: false },
    position: ({ id }) => ({ instant: null, id }),
  },
};

export class ClusterRepository {
  constructor(private readonly database: Queryable) {}

  listPage(filter: ClusterFilter, order: ClusterOrder, window: PageWindow): Promise<Page<Cluster>> {
    return readPage(this.database, listQuery(filter, order), window);
  }

  async count(filter: ClusterFilter): Promise<number> {
    if (filter.hasDocument) return countMatching(this.database, listQuery(filter, 'ID'));
    const parameters = new Parameters();
    const rows = await this.database.query<{ count: string }>(
      `SELECT count(*) AS count FROM clusters WHERE ${allOf(conditions(filter, parameters))}`,
      parameters.values,
    );
    return Number(rows[0]?.count);
  }

  /** In the order of the ids; null where there is no such cluster. */
  async byIds(ids: readonly string[]): Promise<(Cluster | null)[]> {
    const rows = await this.database.query<ClusterRow>(
      `SELECT ${COLUMNS} FROM clusters WHERE cluster_id = ANY($1::uuid[])`,
      [ids],
    );
    const clusters = new Map(rows.map((row) => [row.cluster_id, readCluster(row)]));
    return ids.map((id) => clusters.get(id) ?? null);
  }

  /** The documents of the latest reports as JSON text, in the order of the ids. */
  async documentsByIds(ids: readonly string[]): Promise<(string | null)[]> {
    const rows = await this.database.query<{ cluster_id: string; data: string | null }>(
      'SELECT cluster_id, data FROM clusters WHERE cluster_id = ANY($1::uuid[])',
      [ids],
    );
    const documents = new Map(rows.map((row) => [row.cluster_id, row.data]));
    return ids.map((id) => documents.get(id) ?? null);
  }
}

function readCluster(row: ClusterRow): Cluster {
  return {
    id: row.cluster_id,
    firstSeen: instantFromDatabase(row.first_seen),
    lastSeen: instantFromDatabase(row.last_seen),
  };
}

type ListRow = ClusterRow & { data?: string | null };

function listQuery(filter: ClusterFilter, order: ClusterOrder): KeysetQuery<ListRow, Cluster> {
  const { hasDocument } = filter;
  const { keyset, position, ordersBy } = CLUSTER_ORDERS[order];
  return {
    select: hasDocument ? `${COLUMNS}, data` : COLUMNS,
    from: 'clusters',
    where: (parameters) => conditions(ordersBy ? { ...filter, [ordersBy]: undefined } : filter, parameters),
    order: keyset,
    range: ordersBy && filter[ordersBy],
    read: readCluster,
    position,
    ...(hasDocument && { matches: ({ data }: ListRow) => hasDocument(data ?? null) }),
  };
}

function conditions({ ids, firstSeen, lastSeen }: ClusterFilter, parameters: Parameters): string[] {
  return [
    ...(ids ? [`cluster_id = ANY(${parameters.add(ids, 'uuid[]')})`] : []),
    ...inRange('first_seen', firstSeen, parameters),
    ...inRange('last_seen', lastSeen, parameters),
  ];
}
