import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { DomainError } from '../shared/errors';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const SQLSTATE = {
  uniqueViolation: '23505',
  readOnlySqlTransaction: '25006',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  duplicateTable: '42P07',
  duplicateObject: '42710',
  lockNotAvailable: '55P03',
} as const;

/** Classes of errors that pass by themselves: connection trouble, lack of resources, operator intervention. */
const PASSING_CLASSES = new Set(['08', '53', '57']);
const PASSING_CODES = new Set<string>([
  // As after a failover, until the connections are made anew.
  SQLSTATE.readOnlySqlTransaction,
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.lockNotAvailable,
]);

/** The SQLSTATE of an error that PostgreSQL answered, also where TypeORM wrapped it. */
export function sqlstateOf(error: unknown): string | undefined {
  const cause = driverErrorOf(error);
  return cause instanceof DatabaseError ? cause.code : undefined;
}

/** What a failed statement means to the caller. Unexpected answers of PostgreSQL come back as they are. */
export function translateDatabaseError(error: unknown): unknown {
  const code = sqlstateOf(error);
  if (code === SQLSTATE.uniqueViolation) {
    return new DomainError('CONFLICT', 'Someone else wrote the same thing at the same moment; try again.', {
      cause: error,
    });
  }
  if (error instanceof TypeError || error instanceof RangeError) return error;
  // TypeORM wraps what a statement runs into; anything else went wrong on the way to the database.
  const answered = error instanceof QueryFailedError && code !== undefined;
  if (!answered || PASSING_CLASSES.has(code.slice(0, 2)) || PASSING_CODES.has(code)) {
    return new DomainError('UNAVAILABLE', 'The database does not answer at the moment; try again.', {
      cause: error,
    });
  }
  return error;
}

function driverErrorOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}
