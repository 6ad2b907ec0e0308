import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The table `clusters_checkins`. Describes the schema; rows are read and written as text (see shared/instant). */
@Entity('clusters_checkins')
@Unique('clusters_checkins_cluster_id_created_at_key', ['clusterId', 'createdAt'])
@Index('clusters_checkins_created_at_idx', ['createdAt', 'clusterId'])
export class CheckinEntity {
  @PrimaryGeneratedColumn('increment', {
    name: 'checkins_id',
    type: 'bigint',
    primaryKeyConstraintName: 'clusters_checkins_pkey',
  })
  id!: string;

  @Column({ name: 'cluster_id', type: 'uuid', nullable: true })
  clusterId!: string | null;

  @Column({ name: 'created_at', type: 'timestamp', nullable: true })
  createdAt!: string | null;

  @Column({ name: 'data', type: 'json', nullable: true })
  data!: string | null;
}
