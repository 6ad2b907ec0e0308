import type { Queryable } from '../../persistence/database';
import { isKnown } from '../../persistence/sql';
import { type Instant, instantFromDatabase } from '../../shared/instant';
import type { Cluster } from '../clusters/index';
import type { Checkin } from './checkin.repository';

export interface Recording {
  readonly checkin: Checkin;
  readonly cluster: Cluster;
  readonly duplicate: boolean;
}

export interface NewCheckin {
  readonly clusterId: string;
  /** Null: the database gives the instant. */
  readonly reportedAt: Instant | null;
  /** JSON text. */
  readonly document: string;
}

interface RecordedRow {
  cluster_id: string;
  first_seen: string;
  last_seen: string;
  created_at: string;
  checkins_id: string | null;
}

const FIRST_SEEN = `CASE WHEN ${isKnown('c.first_seen')} THEN c.first_seen END`;
const LAST_SEEN = `CASE WHEN ${isKnown('c.last_seen')} THEN c.last_seen END`;
/**
 * The check-in's instant: as reported, or by the database's clock and always after the last one. An old row may hold
 * the last instant there is.
 */
const ARRIVAL = `CASE WHEN $2::timestamp IS NULL
  THEN least(greatest(EXCLUDED.last_seen, ${LAST_SEEN} + interval '1 microsecond'), '9999-12-31 23:59:59.999999')
  ELSE EXCLUDED.last_seen END`;

/**
 * One statement, hence one transaction. The upsert locks the cluster's row first, so that reports of one cluster
 * go one after another whatever their number, and sees its newest version; `greatest` and `least` ignore
 * unknown instants. Nothing is written for a report from further ahead than the clock allows.
 */
const RECORD = `
WITH report AS (
  SELECT coalesce($2::timestamp, clock_timestamp()::timestamp) AS instant
  WHERE $2::timestamp IS NULL OR $2::timestamp <= clock_timestamp()::timestamp + interval '5 minutes'
), cluster AS (
  INSERT INTO clusters AS c (cluster_id, first_seen, last_seen, data)
  SELECT $1::uuid, instant, instant, $3::json FROM report
  ON CONFLICT (cluster_id) DO UPDATE SET
    first_seen = least(${ARRIVAL}, ${FIRST_SEEN}),
    last_seen = greatest(${ARRIVAL}, ${LAST_SEEN}),
    data = CASE WHEN (${ARRIVAL} > ${LAST_SEEN}) IS NOT FALSE THEN EXCLUDED.data ELSE c.data END
  RETURNING c.cluster_id, c.first_seen, c.last_seen, coalesce($2::timestamp, c.last_seen) AS created_at
), checkin AS (
  INSERT INTO clusters_checkins (cluster_id, created_at, data)
  SELECT cluster_id, created_at, $3::json FROM cluster
  ON CONFLICT (cluster_id, created_at) DO NOTHING
  RETURNING checkins_id
)
SELECT cluster.*, checkin.checkins_id FROM cluster LEFT JOIN checkin ON true`;

/** Writes reports: the one place where clusters and check-ins change. */
export class CheckinRecorder {
  constructor(private readonly database: Queryable) {}

  /**
   * Creates the cluster or moves it forward, and adds the check-in, in one transaction. A report that is already
   * recorded changes nothing. Undefined, and nothing written, if `reportedAt` is more than 5 minutes ahead of
   * the database's clock.
   */
  async record({ clusterId, reportedAt, document }: NewCheckin): Promise<Recording | undefined> {
    const [row] = await this.database.query<RecordedRow>(RECORD, [clusterId, reportedAt, document]);
    if (!row) return undefined;
    const key = { clusterId: row.cluster_id, createdAt: instant(row.created_at) };
    return {
      checkin:
        row.checkins_id === null
          ? { ...key, id: await this.idOf(row) }
          : { ...key, id: row.checkins_id, document },
      cluster: { id: row.cluster_id, firstSeen: instant(row.first_seen), lastSeen: instant(row.last_seen) },
      duplicate: row.checkins_id === null,
    };
  }

  private async idOf({ cluster_id, created_at }: RecordedRow): Promise<string> {
    const [row] = await this.database.query<{ checkins_id: string }>(
      'SELECT checkins_id FROM clusters_checkins WHERE cluster_id = $1::uuid AND created_at = $2::timestamp',
      [cluster_id, created_at],
    );
    if (!row) throw new Error('a check-in vanished that a moment before kept another out');
    return row.checkins_id;
  }
}

function instant(text: string): Instant {
  const found = instantFromDatabase(text);
  if (found === null) throw new Error('a check-in was recorded at no instant');
  return found;
}
