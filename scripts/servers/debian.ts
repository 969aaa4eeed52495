import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumPath, findProgram, pgCronFile, postgresBinDir } from '../../e2e/servers/installed.ts'

/** A Debian package, and how to see that what it brings is there. */
interface DebianPackage {
  readonly name: string
  isThere(): boolean
}

const packages: readonly DebianPackage[] = [
  { name: 'postgresql', isThere: () => postgresBinDir(15) !== null },
  { name: 'postgresql-15-cron', isThere: () => existsSync(pgCronFile) },
  { name: 'age', isThere: () => findProgram('age') !== null },
  { name: 'zstd', isThere: () => findProgram('zstd') !== null },
  { name: 'dbus', isThere: () => findProgram('dbus-run-session') !== null },
  { name: 'libsecret-1-0', isThere: () => hasLibrary('libsecret-1.so.0') },
  { name: 'gnome-keyring', isThere: () => findProgram('gnome-keyring-daemon') !== null },
  { name: 'strace', isThere: () => findProgram('strace') !== null },
  { name: 'procps', isThere: () => findProgram('pkill') !== null },
  { name: 'util-linux', isThere: () => findProgram('runuser') !== null },
  { name: 'bsdutils', isThere: () => findProgram('script') !== null },
  { name: 'chromium', isThere: () => chromiumPath() !== null },
  { name: 'openssh-server', isThere: () => findProgram('sshd') !== null },
  { name: 'python3-pip', isThere: hasPip },
]

/** Installs the Debian packages that are missing, or says which to install. */
export function installDebianPackages(): void {
  const missing = packages.filter((each) => !each.isThere()).map(({ name }) => name)
  if (missing.length === 0) return
  const asRoot = commandPrefixForRoot()
  if (asRoot === null || findProgram('apt-get') === null) {
    console.log(`Missing for the tests, to be installed by hand: ${missing.join(' ')}`)
    return
  }
  if (missing.includes('postgresql')) keepDebianFromStartingPostgres(asRoot)
  run([...asRoot, 'apt-get', 'update', '-qq'])
  const install = [
    'apt-get',
    'install',
    '-y',
    '-qq',
    '--no-install-recommends',
    '-o',
    'Dpkg::Options::=--force-confold',
  ]
  if (run([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', ...install, ...missing])) {
    console.log(`Installed the Debian packages ${missing.join(', ')}`)
  }
}

/** The tests start servers of their own: the package must neither make a cluster nor start one. */
function keepDebianFromStartingPostgres(asRoot: readonly string[]): void {
  const folder = '/etc/postgresql-common'
  const file = join(folder, 'createcluster.conf')
  if (existsSync(file)) return
  run([...asRoot, 'mkdir', '-p', folder])
  run([...asRoot, 'tee', file], 'create_main_cluster = false\n')
}

/** What stands before a command that needs root: nothing, sudo, or null where neither helps. */
function commandPrefixForRoot(): readonly string[] | null {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : null
}

function run([file = '', ...args]: readonly string[], input = ''): boolean {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8', input })
  if (status !== 0) console.log(`${file} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`)
  return status === 0
}

function hasPip(): boolean {
  return spawnSync('python3', ['-c', 'import pip']).status === 0
}

function hasLibrary(name: string): boolean {
  const folders = readdirSync('/usr/lib', { withFileTypes: true }).filter((each) => each.isDirectory())
  return folders.some((folder) => existsSync(join('/usr/lib', folder.name, name)))
}
