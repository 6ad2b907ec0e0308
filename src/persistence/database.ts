import type { DataSource } from 'typeorm';
import { translateDatabaseError } from './sqlstate';

/** Whatever runs a statement. Repositories are built on it. */
export interface Queryable {
  /**
   * Runs one statement with `$n` parameters. Rows carry times and JSON as PostgreSQL's text. Throws a
   * `DomainError` where the failure means something to the caller.
   */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** The database behind a TypeORM DataSource. */
export class Database implements Queryable {
  constructor(private readonly dataSource: DataSource) {}

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    try {
      return await this.dataSource.query(sql, [...parameters]);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}
