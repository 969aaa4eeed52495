import { join } from 'node:path'
import { ulid } from 'ulid'
import { BackupFilter, BackupId, DestinationId } from '../preload/contract/index.ts'
import { Catalog } from '../main/catalog/catalog.ts'
import { median, type Row } from './harness.ts'

const backups = 100_000
const pageSize = 100

/** One page of the list of 100,000 backups. */
export function catalogRows(folder: string): Row[] {
  const catalog = Catalog.open({ home: join(folder, 'large-catalog'), appVersion: 'bench' })
  try {
    const destinationId = DestinationId.parse(ulid())
    catalog.transaction(() => {
      for (let number = 0; number < backups; number++) insert(catalog, destinationId, number)
    })
    const page =
      (filter: Partial<BackupFilter>, offset: number, at: DestinationId | null = null) =>
      () =>
        catalog.backupLists.page({
          connectionId: null,
          destinationId: at,
          filter: BackupFilter.parse(filter),
          sort: { by: 'startedAt', descending: true },
          offset,
          limit: pageSize,
        }).rows
    return [
      row('one page of the list', () => catalog.backups.list({ limit: pageSize })),
      row('one page in a window', page({}, 0)),
      row('the last page in a window', page({}, backups - pageSize)),
      row('one page with a text', page({ text: 'connection 7' }, 0)),
      row('a page in the middle of what lies at a destination', page({}, backups / 2, destinationId)),
      row('a page in the middle with a text', page({ text: 'CONNECTION' }, backups / 2)),
      row('one page with every condition', page(everyCondition, backups / 100, destinationId)),
    ]
  } finally {
    catalog.close()
  }
}

const everyCondition: Partial<BackupFilter> = {
  text: 'db7',
  engines: ['postgresql'],
  formats: ['postgresql-custom'],
  database: 'db7',
  states: ['complete'],
  triggers: ['manual'],
  createdBy: 'ann',
  after: '2020-01-01T00:00:00.000Z',
  before: '2030-01-01T00:00:00.000Z',
}

function row(what: string, action: () => readonly unknown[]): Row {
  const times: number[] = []
  for (let run = 0; run < 20; run++) {
    const start = performance.now()
    if (action().length !== pageSize) throw new Error('the page is not full')
    times.push(performance.now() - start)
  }
  const value = median(times)
  return {
    what: `catalog with ${backups.toLocaleString('en')} backups: ${what}`,
    measured: `${value.toFixed(1)} ms`,
    value,
    limit: 100,
    goal: 30,
    isCeiling: true,
  }
}

function insert(catalog: Catalog, destinationId: DestinationId, number: number): void {
  const at = new Date(Date.UTC(2020, 0, 1) + number * 600_000).toISOString()
  const id = BackupId.parse(ulid(Date.parse(at)))
  const digest = number.toString(16).padStart(64, '0')
  catalog.backups.insert(
    {
      id,
      state: 'complete',
      name: null,
      startedAt: at,
      finishedAt: at,
      durationMs: 1000,
      connection: `connection ${String(number % 20)}`,
      connectionId: `connection-${String(number % 20)}`,
      engine: 'postgresql',
      database: `db${String(number % 50)}`,
      kind: 'backup',
      scope: 'full',
      format: 'postgresql-custom',
      content: 'full',
      trigger: 'manual',
      description: null,
      createdBy: 'ann@desk',
      compression: { name: 'zstd', level: 3 },
      encrypted: true,
      pinned: false,
      origin: 'own',
      plaintextBytes: number,
      plaintextSha256: digest,
      artifactBytes: number,
      artifactSha256: digest,
      manifestSha256: digest,
      warnings: [],
      needsKey: null,
      installation: catalog.installation,
      jobId: null,
      fingerprintKeyId: null,
      settings: {},
      error: null,
    },
    [
      {
        destinationId,
        destination: 'disk',
        object: `o/${id}`,
        location: `/backups/${id}`,
        state: 'stored',
        checkedAt: at,
      },
    ],
    null,
    null,
  )
}
