import { expect, it } from 'vitest'
import { runCommand } from '../testing/run-command.ts'

const list = (...flags: readonly string[]) => runCommand(['backups', 'list', ...flags], { 'backups.list': () => [] })
const asked = async (...flags: readonly string[]) =>
  (await list(...flags)).application.calls[0]?.input as { filter: object }

it('asks for everything without flags, and for all conditions at once', async () => {
  expect(await asked()).toMatchObject({ connection: null, limit: null, filter: { text: '', engines: [], after: null } })
  const flags = ['--connection', 'shop', '--database', 'd', '--engine', 'sqlite', '--engine', 'postgresql']
  flags.push('--format', 'plain', '--destination', 'nas', '--state', 'failed', '--badge', 'proven', '--badge', 'none')
  flags.push('--trigger', 'manual', '--kind', 'safety', '--created-by', 'Ann', '--text', 'orders', '--pinned')
  flags.push('--after', '2026-01-01T00:00:00Z', '--before', '2026-02-01T00:00:00Z', '--limit', '5')
  expect(await asked(...flags)).toEqual({
    connection: 'shop',
    limit: 5,
    filter: {
      database: 'd',
      destination: 'nas',
      text: 'orders',
      engines: ['sqlite', 'postgresql'],
      formats: ['plain'],
      kinds: ['safety'],
      states: ['failed'],
      badges: ['proven', 'none'],
      triggers: ['manual'],
      createdBy: 'Ann',
      after: '2026-01-01T00:00:00.000Z',
      before: '2026-02-01T00:00:00.000Z',
      pinnedOnly: true,
    },
  })
})

it('says that none fits, or that there is none', async () => {
  expect((await list('--text', 'x')).stdout).toBe('No backup fits.\n')
  expect((await list()).stdout).toContain('No backups yet')
})

it('takes the earlier of two upper bounds', async () => {
  const before = '2020-01-01T00:00:00.000Z'
  expect(await asked('--older-than', '1d', '--before', before)).toMatchObject({ filter: { before } })
  const ago = (await asked('--older-than', '90d')) as { filter: { before: string } }
  expect(Date.now() - Date.parse(ago.filter.before)).toBeGreaterThanOrEqual(90 * 86_400_000)
})

it.each([
  [['--state', 'good']],
  [['--badge', 'Proven']],
  [['--engine', 'oracle']],
  [['--trigger', 'me']],
  [['--older-than', '90']],
  [['--after', 'yesterday']],
  [['--limit', '0']],
  [['--after', '2026-02-01', '--before', '2026-01-01']],
])('refuses %j', async (flags) => {
  const { exitCode, application } = await list(...flags)
  expect({ exitCode, calls: application.calls }).toEqual({ exitCode: 2, calls: [] })
})
