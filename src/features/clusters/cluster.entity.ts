import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { isUnknown } from '../../persistence/sql';

/** The table `clusters`. Describes the schema; rows are read and written as text (see shared/instant). */
@Entity('clusters')
@Index('clusters_first_seen_idx', ['firstSeen', 'id'])
@Index('clusters_last_seen_idx', ['lastSeen', 'id'])
@Index('clusters_first_seen_unknown_idx', ['id'], { where: isUnknown('first_seen') })
@Index('clusters_last_seen_unknown_idx', ['id'], { where: isUnknown('last_seen') })
export class ClusterEntity {
  @PrimaryColumn({ name: 'cluster_id', type: 'uuid', primaryKeyConstraintName: 'clusters_pkey' })
  id!: string;

  @Column({ name: 'first_seen', type: 'timestamp', nullable: true })
  firstSeen!: string | null;

  // In parentheses, or TypeORM would write now(), which older databases don't have here.
  @Column({ name: 'last_seen', type: 'timestamp', nullable: true, default: () => '(CURRENT_TIMESTAMP)' })
  lastSeen!: string | null;

  @Column({ name: 'data', type: 'json', nullable: true })
  data!: string | null;
}
