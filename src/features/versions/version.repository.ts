import type { Queryable } from '../../persistence/database';
import { type KeysetOrder, readPage } from '../../persistence/keyset';
import { allOf, inRange, isKnown, isUnknown, Parameters } from '../../persistence/sql';
import { type Instant, instantFromDatabase } from '../../shared/instant';
import type { Page, PageWindow } from '../../shared/pagination';
import type { InstantRange } from '../../shared/range';

/** The authoritative record of a version. */
export interface ComponentVersion {
  readonly id: string;
  readonly component: string;
  readonly train: string;
  readonly version: string;
  readonly releasedAt: Instant | null;
  /** The publisher's document as JSON text, where it was just written; else it is read on its own (`documentsByIds`). */
  readonly document?: string | null;
}

export interface ComponentTrain {
  readonly component: string;
  readonly train: string;
}

export interface VersionKey extends ComponentTrain {
  readonly version: string;
}

export interface VersionFilter {
  readonly component?: string | null;
  readonly train?: string | null;
  readonly releasedAt?: InstantRange | undefined;
}

interface VersionRow {
  version_id: string;
  component_name: string;
  train: string;
  version: string;
  release_timestamp: string | null;
}

const COLUMNS = 'v.version_id, v.component_name, v.train, v.version, v.release_timestamp';
/** Old databases hold rows without a part of their key; they are not offered. */
const IS_COMPLETE = 'v.component_name IS NOT NULL AND v.train IS NOT NULL AND v.version IS NOT NULL';
const NEWEST_FIRST: KeysetOrder = {
  instant: 'v.release_timestamp',
  id: 'v.version_id',
  idType: 'bigint',
  descending: true,
  unknownLast: true,
};

/** The rule of `InstalledComponent.latest`: by the database's clock, at most one row for each key. */
const LATEST = `
  (SELECT ${COLUMNS} FROM versions v
   WHERE v.component_name = k.component AND v.train = k.train AND v.version IS NOT NULL
     AND ${isKnown('v.release_timestamp')} AND v.release_timestamp <= localtimestamp
   ORDER BY v.release_timestamp DESC, v.version_id DESC LIMIT 1)
  UNION ALL
  (SELECT ${COLUMNS} FROM versions v
   WHERE v.component_name = k.component AND v.train = k.train AND v.version IS NOT NULL
     AND ${isUnknown('v.release_timestamp')}
     AND NOT EXISTS (SELECT FROM versions d WHERE d.component_name = k.component AND d.train = k.train
                     AND d.version IS NOT NULL AND ${isKnown('d.release_timestamp')})
   ORDER BY v.version_id DESC LIMIT 1)`;

export class VersionRepository {
  constructor(private readonly database: Queryable) {}

  listPage(filter: VersionFilter, window: PageWindow): Promise<Page<ComponentVersion>> {
    return readPage<VersionRow, ComponentVersion>(
      this.database,
      {
        select: COLUMNS,
        from: 'versions v',
        where: (parameters) => conditions({ ...filter, releasedAt: undefined }, parameters),
        order: NEWEST_FIRST,
        range: filter.releasedAt,
        read: readVersion,
        position: ({ releasedAt, id }) => ({ instant: releasedAt, id }),
      },
      window,
    );
  }

  async count(filter: VersionFilter): Promise<number> {
    const parameters = new Parameters();
    const rows = await this.database.query<{ count: string }>(
      `SELECT count(*) AS count FROM versions v WHERE ${allOf(conditions(filter, parameters))}`,
      parameters.values,
    );
    return Number(rows[0]?.count);
  }

  /** In the order of the keys; null where nothing is published. */
  async latestByKeys(keys: readonly ComponentTrain[]): Promise<(ComponentVersion | null)[]> {
    const rows = await this.database.query<VersionRow & { position: string }>(
      `SELECT k.position, latest.* FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k(component, train, position)
       CROSS JOIN LATERAL (${LATEST}) latest`,
      [keys.map(({ component }) => component), keys.map(({ train }) => train)],
    );
    return inOrder(keys.length, rows);
  }

  /** In the order of the keys; null where the catalogue does not know the version. */
  async byKeys(keys: readonly VersionKey[]): Promise<(ComponentVersion | null)[]> {
    const rows = await this.database.query<VersionRow & { position: string }>(
      `SELECT k.position, ${COLUMNS}
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS k(component, train, version, position)
       JOIN versions v ON v.component_name = k.component AND v.train = k.train AND v.version = k.version`,
      [
        keys.map(({ component }) => component),
        keys.map(({ train }) => train),
        keys.map(({ version }) => version),
      ],
    );
    return inOrder(keys.length, rows);
  }

  /** The publishers' documents as JSON text, in the order of the ids. */
  async documentsByIds(ids: readonly string[]): Promise<(string | null)[]> {
    const rows = await this.database.query<{ version_id: string; data: string | null }>(
      'SELECT version_id, data FROM versions WHERE version_id = ANY($1::bigint[])',
      [ids],
    );
    const documents = new Map(rows.map((row) => [row.version_id, row.data]));
    return ids.map((id) => documents.get(id) ?? null);
  }

  /** Creates the version, or replaces release time and document of the same key. `data` is JSON text. */
  async publish(
    key: VersionKey,
    release: { releasedAt: Instant; data: string | null },
  ): Promise<{ componentVersion: ComponentVersion; created: boolean }> {
    // xmax is the transaction that locked the row to replace it; a row just inserted has none.
    const [row] = await this.database.query<VersionRow & { created: boolean }>(
      `INSERT INTO versions AS v (component_name, train, version, release_timestamp, data)
       VALUES ($1, $2, $3, $4::timestamp, $5::json)
       ON CONFLICT (component_name, train, version)
       DO UPDATE SET release_timestamp = EXCLUDED.release_timestamp, data = EXCLUDED.data
       RETURNING ${COLUMNS}, v.xmax = 0 AS created`,
      [key.component, key.train, key.version, release.releasedAt, release.data],
    );
    if (!row) throw new Error('an upsert of a version returned no row');
    return { componentVersion: { ...readVersion(row), document: release.data }, created: row.created };
  }
}

function conditions({ component, train, releasedAt }: VersionFilter, parameters: Parameters): string[] {
  const found = [IS_COMPLETE, ...inRange('v.release_timestamp', releasedAt, parameters)];
  if (component != null) found.push(`v.component_name = ${parameters.add(component, 'text')}`);
  if (train != null) found.push(`v.train = ${parameters.add(train, 'text')}`);
  return found;
}

function readVersion(row: VersionRow): ComponentVersion {
  return {
    id: row.version_id,
    component: row.component_name,
    train: row.train,
    version: row.version,
    releasedAt: instantFromDatabase(row.release_timestamp),
  };
}

function inOrder(
  length: number,
  rows: readonly (VersionRow & { position: string })[],
): (ComponentVersion | null)[] {
  const versions: (ComponentVersion | null)[] = Array.from({ length }, () => null);
  for (const row of rows) versions[Number(row.position) - 1] = readVersion(row);
  return versions;
}
