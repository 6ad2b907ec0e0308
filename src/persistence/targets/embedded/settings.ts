import type { Address } from './connection';

/** Where PostgreSQL writes its log, in its data folder. */
export const LOG_FOLDER = 'log';

/**
 * What is set for PostgreSQL beyond its own configuration, in which an operator may tune the rest
 * (PGDATA/postgresql.conf).
 */
function settings(address: Address): Record<string, string> {
  const loopback = address.kind === 'loopback';
  return {
    listen_addresses: loopback ? '127.0.0.1' : '',
    ...(loopback && { port: String(address.port) }),
    // Relative to the data folder, which is PostgreSQL's working directory: nothing in its path needs quoting.
    unix_socket_directories: loopback ? '' : '.',
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    // What was acknowledged is on disk.
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    cluster_name: 'workflow-manager-api',
    // One file for each day of the week, begun anew a week later.
    logging_collector: 'on',
    log_destination: 'stderr',
    log_directory: LOG_FOLDER,
    log_filename: 'postgresql-%a.log',
    log_file_mode: '0600',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
  };
}

export function postgresArguments(pgdata: string, address: Address): string[] {
  const flags = Object.entries(settings(address)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', pgdata, ...flags];
}
