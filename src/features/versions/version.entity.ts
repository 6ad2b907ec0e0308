import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { isUnknown } from '../../persistence/sql';
import { MAX_LENGTH } from '../../shared/text';

/** The table `versions`. Describes the schema; rows are read and written as text (see shared/instant). */
@Entity('versions')
@Unique('versions_component_name_train_version_key', ['component', 'train', 'version'])
@Index('versions_release_timestamp_idx', ['releasedAt', 'id'])
@Index('versions_release_timestamp_unknown_idx', ['id'], { where: isUnknown('release_timestamp') })
@Index('versions_component_name_train_release_timestamp_idx', ['component', 'train', 'releasedAt', 'id'])
export class VersionEntity {
  @PrimaryGeneratedColumn('increment', {
    name: 'version_id',
    type: 'bigint',
    primaryKeyConstraintName: 'versions_pkey',
  })
  id!: string;

  @Column({ name: 'component_name', type: 'varchar', length: MAX_LENGTH.component, nullable: true })
  component!: string | null;

  @Column({ name: 'train', type: 'varchar', length: MAX_LENGTH.train, nullable: true })
  train!: string | null;

  @Column({ name: 'version', type: 'varchar', length: MAX_LENGTH.version, nullable: true })
  version!: string | null;

  @Column({ name: 'release_timestamp', type: 'timestamp', nullable: true })
  releasedAt!: string | null;

  @Column({ name: 'data', type: 'json', nullable: true })
  data!: string | null;
}
