import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import Database from 'better-sqlite3'
import { readAsar, type Node } from 'app-builder-lib/out/asar/asar.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../build-steps/project.ts'

/**
 * The whole packaging but for Electron itself, whose place small files take: what is packed, what lies outside the
 * archive, the fuses, and the command line, which is really started.
 */
describe.skipIf(process.platform !== 'linux')('the package', () => {
  let folder: string
  let packed: string
  let archive: readonly { readonly path: string; readonly isUnpacked: boolean }[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-package-'))
    const electronDist = standInElectron(join(folder, 'electron'))
    const { isOk, output } = runProgram(
      'package',
      ['--dir', `-c.electronDist=${electronDist}`, `-c.directories.output=${join(folder, 'out')}`],
      { quiet: true },
    )
    if (!isOk) throw new Error(output)
    packed = join(folder, 'out', readdirSync(join(folder, 'out')).find((name) => name.endsWith('unpacked')) ?? '')
    archive = list((await readAsar(join(packed, 'resources/app.asar'))).header, '')
  }, 180_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const paths = () => archive.map(({ path }) => path)
  const binding = `${process.platform}-${process.arch}`

  it('holds the program, its window, its icons, and nothing else', () => {
    const allowed = [
      /^package\.json$/,
      /^dist\/main\/[\w.-]+\.js$/,
      /^dist\/preload\/index\.cjs$/,
      /^dist\/renderer\/([\w-]+\.(html|js|svg)|assets\/[\w.-]+\.(js|css|woff2|svg|png|wasm))$/,
      /^resources\/icons\/[\w@]+\.(png|ico)$/,
      /^node_modules\/(better-sqlite3|keytar)\/(package\.json|LICENSE(\.md)?|lib\/[\w/-]+\.js|prebuilds\/.+\.node)$/,
    ]
    expect(paths().filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([])
    expect(paths()).toEqual(
      expect.arrayContaining([
        'dist/main/desktop.js',
        'dist/main/job.js',
        'dist/preload/index.cjs',
        'dist/renderer/index.html',
        'resources/icons/tray.png',
      ]),
    )
  })

  it('holds no source, map, test or note of a build', () => {
    const unwanted = /\.(ts|tsx|map|md)$|\.test\.|(^|\/)(\.|(src|deps|test|testing|e2e|bench)\/)/
    const found = [...paths(), ...filesBelow(join(packed, 'resources/cli'))].filter((path) => unwanted.test(path))
    expect(found.filter((path) => !path.endsWith('LICENSE.md'))).toEqual([])
  })

  it('has the native parts of its own platform only, outside the archive', () => {
    const native = [`better-sqlite3/prebuilds/${binding}.node`, `keytar/prebuilds/${binding}/keytar.node`]
    const inArchive = archive.filter(({ path }) => path.endsWith('.node'))
    expect(inArchive.map(({ path }) => path.slice('node_modules/'.length))).toEqual(native)
    expect(inArchive.every(({ isUnpacked }) => isUnpacked)).toBe(true)
    for (const place of ['app.asar.unpacked', 'cli']) {
      const files = filesBelow(join(packed, 'resources', place, 'node_modules')).filter((path) =>
        path.endsWith('.node'),
      )
      expect(files.toSorted(), place).toEqual(native)
    }
  })

  it('has all nine fuses set', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'holdfast-desktop'))
    const on: readonly FuseV1Options[] = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
      FuseV1Options.WasmTrapHandlers,
    ]
    const states = Array.from({ length: 9 }, (_, fuse) => wire[fuse as FuseV1Options])
    expect(states).toEqual(states.map((_, fuse) => (on.includes(fuse) ? FuseState.ENABLE : FuseState.DISABLE)))
  })

  describe('its command line', () => {
    function holdfast(program: string, ...args: readonly string[]) {
      // Nothing of the checkout or of the system's Node.js helps.
      const env = { PATH: '/usr/bin:/bin', HOLDFAST_HOME: join(folder, 'home'), HOME: folder }
      return spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' })
    }
    const launcher = () => join(packed, 'resources/cli/bin/holdfast')

    it('runs with the Node.js that comes with it, also through links', () => {
      mkdirSync(join(folder, 'bin'))
      symlinkSync(launcher(), join(folder, 'bin/first'))
      symlinkSync('first', join(folder, 'bin/holdfast'))
      const { stdout, stderr, status } = holdfast(join(folder, 'bin/holdfast'), '--version')
      expect({ status, stderr, stdout: stdout.trim() }).toEqual({ status: 0, stderr: '', stdout: '0.1.0' })
    })

    it('backs up a database in a job process of its own', () => {
      new Database(join(folder, 'shop.db'))
        .exec('CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (7)')
        .close()
      mkdirSync(join(folder, 'backups'))
      const done = (...args: readonly string[]) => {
        const { status, stderr } = holdfast(launcher(), ...args)
        expect(status, stderr).toBe(0)
      }
      done('connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', 'shop.db')
      done('destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'backups')
      done('backup', 'shop', '--no-encrypt')
      expect(filesBelow(join(folder, 'backups')).some((path) => path.endsWith('.manifest.json'))).toBe(true)
    })
  })
})

/** The files that the builder takes from an unpacked Electron; the program is little more than its fuses. */
function standInElectron(folder: string): string {
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
  const wire = Buffer.from([1, 9, ...Buffer.from('0'.repeat(9))])
  mkdirSync(folder)
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(`ELF${sentinel}`), wire, Buffer.from('rest')]), {
    mode: 0o755,
  })
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'version']) {
    writeFileSync(join(folder, name), '')
  }
  return folder
}

function list(node: Node, at: string): { readonly path: string; readonly isUnpacked: boolean }[] {
  return Object.entries(node.files ?? {}).flatMap(([name, child]) => {
    const path = at === '' ? name : `${at}/${name}`
    return child.files === undefined ? [{ path, isUnpacked: child.unpacked === true }] : list(child, path)
  })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => relative(folder, join(folder, path)))
}
