import type { Folders } from './folders.ts';
import type { Programs } from './locate.ts';

/**
 * Settings of the server, given on its command line, where they outrank every file. Who wants to
 * tune a database runs one of their own and sets DATABASE_URL.
 * @param durable false only for tests: nothing is flushed, so a power loss costs the database; the
 * death of a process still costs nothing
 */
export function listSettings(folders: Folders, programs: Programs, durable: boolean): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '',
    // A list: quoted, since a folder's name may hold a comma.
    unix_socket_directories: `"${folders.socket.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: 50,
    shared_buffers: '128MB',
    huge_pages: 'off',
    jit: 'off',
    wal_compression: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // No replica is ever fed from here: one process and some shared memory less.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    autovacuum_max_workers: 2,
    // Logs never quote a person's data. ERROR goes to the client that caused it, which is us, and
    // may hold values; so do DETAIL ("Key (name)=(…) exists", "process was running: INSERT …")
    // and STATEMENT.
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    log_min_messages: 'log',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_checkpoints: 'off',
    log_statement: 'none',
    ...(programs.major >= 18 ? { io_method: 'sync' } : {}),
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
