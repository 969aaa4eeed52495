/** From this major version on a backend notices that its client is gone while it works. */
const firstWithConnectionCheck = 14

/**
 * Settings of a cluster that lives for one restore test: reached through a socket in `folder` alone, nothing that has to
 * survive a crash, and nothing that outlives the server. Pure.
 */
export function clusterSettings(folder: string, major: number): Readonly<Record<string, string>> {
  return {
    listen_addresses: '',
    unix_socket_directories: folder,
    unix_socket_permissions: '0700',
    max_connections: '20',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    archive_mode: 'off',
    // Nothing but the restore and the comparison runs here, and no worker that a killed server leaves behind.
    autovacuum: 'off',
    max_parallel_workers: '0',
    max_logical_replication_workers: '0',
    restart_after_crash: 'off',
    jit: 'off',
    maintenance_work_mem: '256MB',
    max_wal_size: '2GB',
    // Files in the cluster's own folder instead of /dev/shm.
    dynamic_shared_memory_type: 'mmap',
    huge_pages: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    ...(major >= firstWithConnectionCheck ? { client_connection_check_interval: '500ms' } : {}),
  }
}

/** The settings as PostgreSQL reads them from a file. Pure. */
export function settingsFile(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`)
    .join('')
}
