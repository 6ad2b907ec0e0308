import type { Shape } from './inspect';

/** The three tables that are the record, and the sequences that come with them. */
export const PRODUCT_RELATIONS = [
  'clusters',
  'clusters_checkins',
  'clusters_checkins_checkins_id_seq',
  'versions',
  'versions_version_id_seq',
] as const;

const TIMESTAMP = 'timestamp without time zone';
const unknown = (column: string): string =>
  `WHERE (((${column} >= '0001-01-01 00:00:00'::${TIMESTAMP}) AND (${column} < '10000-01-01 00:00:00'::${TIMESTAMP})) IS NOT TRUE)`;

/** The product's own shape, as docs/data-model.md explains it and as PostgreSQL's catalogue words it. */
const PRODUCT_SHAPE: Shape = new Map([
  ['table clusters', 'a table'],
  ['column clusters.cluster_id', 'uuid NOT NULL'],
  ['column clusters.first_seen', TIMESTAMP],
  ['column clusters.last_seen', `${TIMESTAMP} DEFAULT CURRENT_TIMESTAMP`],
  ['column clusters.data', 'json'],
  ['constraint clusters.clusters_pkey', 'PRIMARY KEY (cluster_id)'],
  [
    'index clusters.clusters_first_seen_idx',
    'CREATE INDEX clusters_first_seen_idx ON clusters USING btree (first_seen, cluster_id)',
  ],
  [
    'index clusters.clusters_last_seen_idx',
    'CREATE INDEX clusters_last_seen_idx ON clusters USING btree (last_seen, cluster_id)',
  ],
  [
    'index clusters.clusters_first_seen_unknown_idx',
    `CREATE INDEX clusters_first_seen_unknown_idx ON clusters USING btree (cluster_id) ${unknown('first_seen')}`,
  ],
  [
    'index clusters.clusters_last_seen_unknown_idx',
    `CREATE INDEX clusters_last_seen_unknown_idx ON clusters USING btree (cluster_id) ${unknown('last_seen')}`,
  ],

  ['table clusters_checkins', 'a table'],
  [
    'column clusters_checkins.checkins_id',
    "bigint NOT NULL DEFAULT nextval('clusters_checkins_checkins_id_seq'::regclass)",
  ],
  ['column clusters_checkins.cluster_id', 'uuid'],
  ['column clusters_checkins.created_at', TIMESTAMP],
  ['column clusters_checkins.data', 'json'],
  ['constraint clusters_checkins.clusters_checkins_pkey', 'PRIMARY KEY (checkins_id)'],
  [
    'constraint clusters_checkins.clusters_checkins_cluster_id_created_at_key',
    'UNIQUE (cluster_id, created_at)',
  ],
  [
    'index clusters_checkins.clusters_checkins_created_at_idx',
    'CREATE INDEX clusters_checkins_created_at_idx ON clusters_checkins USING btree (created_at, cluster_id)',
  ],

  ['table versions', 'a table'],
  ['column versions.version_id', "bigint NOT NULL DEFAULT nextval('versions_version_id_seq'::regclass)"],
  ['column versions.component_name', 'character varying(64)'],
  ['column versions.train', 'character varying(24)'],
  ['column versions.version', 'character varying(32)'],
  ['column versions.release_timestamp', TIMESTAMP],
  ['column versions.data', 'json'],
  ['constraint versions.versions_pkey', 'PRIMARY KEY (version_id)'],
  [
    'constraint versions.versions_component_name_train_version_key',
    'UNIQUE (component_name, train, version)',
  ],
  [
    'index versions.versions_release_timestamp_idx',
    'CREATE INDEX versions_release_timestamp_idx ON versions USING btree (release_timestamp, version_id)',
  ],
  [
    'index versions.versions_release_timestamp_unknown_idx',
    `CREATE INDEX versions_release_timestamp_unknown_idx ON versions USING btree (version_id) ${unknown('release_timestamp')}`,
  ],
  [
    'index versions.versions_component_name_train_release_timestamp_idx',
    'CREATE INDEX versions_component_name_train_release_timestamp_idx ON versions USING btree (component_name, train, release_timestamp, version_id)',
  ],
]);

/**
 * Definitions that serve as well as the product's own. A distributed PostgreSQL (Citus) needs the distribution
 * column in every key.
 */
const ALTERNATIVES: Shape = new Map([
  ['constraint clusters_checkins.clusters_checkins_pkey', 'PRIMARY KEY (cluster_id, checkins_id)'],
  ['column clusters_checkins.cluster_id', 'uuid NOT NULL'],
]);

/**
 * Names what keeps a database from being product-shaped, one line each; empty if nothing does. Tables, columns
 * and indexes that the product does not know are nobody's business.
 */
export function differencesFromProduct(shape: Shape): string[] {
  return [...PRODUCT_SHAPE].flatMap(([name, expected]) => {
    const found = shape.get(name);
    if (found === expected || (found !== undefined && found === ALTERNATIVES.get(name))) return [];
    return [`${name}: ${found === undefined ? 'missing' : `is "${found}"`}, expected "${expected}"`];
  });
}
