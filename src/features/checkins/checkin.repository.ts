import type { Queryable } from '../../persistence/database';
import { type KeysetQuery, readPage } from '../../persistence/keyset';
import { allOf, Parameters, type Place, within } from '../../persistence/sql';
import { type Instant, instantFromDatabase } from '../../shared/instant';
import { cutPage, type Page, type PageWindow, type Position } from '../../shared/pagination';
import type { InstantRange } from '../../shared/range';

/** One report; (clusterId, createdAt) identifies it. */
export interface Checkin extends CheckinKey {
  readonly id: string;
  /** Its document as JSON text, where it was just written; else it is read on its own (`documentsByKeys`). */
  readonly document?: string;
}

export interface CheckinKey {
  readonly clusterId: string;
  readonly createdAt: Instant;
}

export interface CheckinFilter {
  readonly clusterIds?: readonly string[];
  readonly createdAt?: InstantRange | undefined;
}

interface CheckinRow {
  checkins_id: string;
  cluster_id: string;
  created_at: string;
}

const COLUMNS = 'k.checkins_id, k.cluster_id, k.created_at';
/** Old rows without a cluster or an instant are kept, not served. */
const HAS_CLUSTER = 'k.cluster_id IS NOT NULL';

export class CheckinRepository {
  constructor(private readonly database: Queryable) {}

  /** Newest first, over the whole fleet or some clusters. */
  listPage(filter: CheckinFilter, window: PageWindow): Promise<Page<Checkin>> {
    if (filter.clusterIds) return this.listPageOfClusters(filter.clusterIds, filter, window);
    const query: KeysetQuery<CheckinRow, Checkin> = {
      select: COLUMNS,
      from: 'clusters_checkins k',
      where: () => [HAS_CLUSTER],
      range: filter.createdAt,
      order: {
        instant: 'k.created_at',
        id: 'k.cluster_id',
        idType: 'uuid',
        descending: true,
        unknownLast: false,
      },
      read: readCheckin,
      position: ({ createdAt, clusterId }) => ({ instant: createdAt, id: clusterId }),
    };
    return readPage(this.database, query, window);
  }

  async count(filter: CheckinFilter): Promise<number> {
    const parameters = new Parameters();
    const rows = await this.database.query<{ count: string }>(
      `SELECT count(*) AS count FROM clusters_checkins k WHERE ${allOf(conditions(filter, parameters))}`,
      parameters.values,
    );
    return Number(rows[0]?.count);
  }

  /** One page of each cluster's own check-ins, newest first, in the order of the ids: one statement. */
  async pagesByClusterIds(
    clusterIds: readonly string[],
    range: InstantRange | undefined,
    window: PageWindow,
  ): Promise<Page<Checkin>[]> {
    const parameters = new Parameters();
    const { direction, newestOfEach } = newestPerCluster(parameters, {
      clusterIds,
      range,
      window,
      // Within one cluster the instant says it all.
      placeOf: ({ instant }) => ({ instant: instant ?? '' }),
    });
    const rows = await this.database.query<CheckinRow>(
      `SELECT ${COLUMNS} FROM ${newestOfEach} ORDER BY k.cluster_id, k.created_at ${direction}`,
      parameters.values,
    );
    const found = new Map<string, Checkin[]>(clusterIds.map((id) => [id, []]));
    for (const row of rows) found.get(row.cluster_id)?.push(readCheckin(row));
    return clusterIds.map((id) => cutPage(found.get(id) ?? [], window));
  }

  /** How many check-ins each cluster has within the range, in the order of the ids. */
  async countsByClusterIds(
    clusterIds: readonly string[],
    range: InstantRange | undefined,
  ): Promise<number[]> {
    const parameters = new Parameters();
    const where = allOf(conditions({ clusterIds, createdAt: range }, parameters));
    const rows = await this.database.query<{ cluster_id: string; count: string }>(
      `SELECT k.cluster_id, count(*) AS count FROM clusters_checkins k WHERE ${where} GROUP BY k.cluster_id`,
      parameters.values,
    );
    const counts = new Map(rows.map((row) => [row.cluster_id, Number(row.count)]));
    return clusterIds.map((id) => counts.get(id) ?? 0);
  }

  /** The reports' documents as JSON text, in the order of the keys. */
  async documentsByKeys(keys: readonly CheckinKey[]): Promise<(string | null)[]> {
    const rows = await this.database.query<CheckinRow & { data: string | null }>(
      `SELECT k.cluster_id, k.created_at, k.data FROM clusters_checkins k
       WHERE k.cluster_id = ANY($1::uuid[])
         AND (k.cluster_id, k.created_at) IN (SELECT * FROM unnest($1::uuid[], $2::timestamp[]))`,
      [keys.map(({ clusterId }) => clusterId), keys.map(({ createdAt }) => createdAt)],
    );
    const name = (clusterId: string, createdAt: Instant | null): string => `${clusterId} ${createdAt}`;
    const documents = new Map(
      rows.map((row) => [name(row.cluster_id, instantFromDatabase(row.created_at)), row.data]),
    );
    return keys.map(({ clusterId, createdAt }) => documents.get(name(clusterId, createdAt)) ?? null);
  }

  /**
   * The newest check-ins of some clusters. Each cluster's own newest come from its index, and only those are
   * merged: the other way round, a cluster that is long silent would cost a walk over the whole fleet's history.
   */
  private async listPageOfClusters(
    clusterIds: readonly string[],
    { createdAt }: CheckinFilter,
    window: PageWindow,
  ): Promise<Page<Checkin>> {
    const parameters = new Parameters();
    const { direction, newestOfEach } = newestPerCluster(parameters, {
      clusterIds,
      range: createdAt,
      window,
      placeOf: ({ instant, id }) => ({
        instant: instant ?? '',
        id: { column: 'k.cluster_id', value: id, type: 'uuid' },
      }),
    });
    const rows = await this.database.query<CheckinRow>(
      `SELECT ${COLUMNS} FROM ${newestOfEach} ORDER BY k.created_at ${direction}, k.cluster_id ${direction}
       LIMIT ${parameters.add(window.limit + 1, 'bigint')}`,
      parameters.values,
    );
    return cutPage(rows.map(readCheckin), window);
  }
}

interface NewestPerCluster {
  readonly clusterIds: readonly string[];
  readonly range: InstantRange | undefined;
  readonly window: PageWindow;
  readonly placeOf: (position: Position) => Place;
}

/**
 * Each cluster's own part of the window, as a FROM item `k`. It starts from `clusters` and not from the list of
 * ids, which a distributed PostgreSQL could not push down to its shards.
 */
function newestPerCluster(parameters: Parameters, { clusterIds, range, window, placeOf }: NewestPerCluster) {
  const direction = window.backward ? 'ASC' : 'DESC';
  const part = {
    range,
    above: window.before && placeOf(window.before),
    below: window.after && placeOf(window.after),
  };
  const own = allOf(['k.cluster_id = c.cluster_id', ...within('k.created_at', part, parameters)]);
  const newestOfEach = `(SELECT k.* FROM clusters c CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM clusters_checkins k WHERE ${own}
      ORDER BY k.created_at ${direction} LIMIT ${parameters.add(window.limit + 1, 'bigint')}) k
    WHERE c.cluster_id = ANY(${parameters.add(clusterIds, 'uuid[]')})) k`;
  return { direction, newestOfEach };
}

/** What counts: the same rows that the pages hold, which are read by way of `clusters` where ids are given. */
function conditions({ clusterIds, createdAt }: CheckinFilter, parameters: Parameters): string[] {
  const served = [HAS_CLUSTER, ...within('k.created_at', { range: createdAt }, parameters)];
  if (!clusterIds) return served;
  return [
    ...served,
    `k.cluster_id = ANY(${parameters.add(clusterIds, 'uuid[]')})`,
    'EXISTS (SELECT FROM clusters c WHERE c.cluster_id = k.cluster_id)',
  ];
}

function readCheckin(row: CheckinRow): Checkin {
  const createdAt = instantFromDatabase(row.created_at);
  if (createdAt === null)
    throw new Error(`check-in ${row.checkins_id} has no instant and was read all the same`);
  return { id: row.checkins_id, clusterId: row.cluster_id, createdAt };
}
