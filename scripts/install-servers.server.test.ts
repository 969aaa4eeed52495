import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { installHint, postgresBinDir, postgresVersions, serverFolder } from '../e2e/servers/installed.ts'
import { requireForEach, usePrograms } from '../e2e/servers/missing.ts'

const missing = postgresVersions.filter((version) => postgresBinDir(version) === null)
requireForEach(missing.length === 0 ? null : `PostgreSQL ${missing.join(', ')} not installed; ${installHint}`)
usePrograms('age', 'zstd', 'dbus-run-session', 'gnome-keyring-daemon', 'strace', 'pkill', 'runuser', 'script')

it('does nothing and says nothing where everything is there', () => {
  const index = join(serverFolder(), 'servers.json')
  const before = statSync(index).mtimeMs
  const runner = join(dirname(import.meta.dirname), 'scripts/run.cjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner, 'install-servers'], { encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(statSync(index).mtimeMs).toBe(before)
})
