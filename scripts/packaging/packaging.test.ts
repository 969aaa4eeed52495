import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../build-steps/project.ts'
import { afterPack } from './after-pack.ts'
import setFuses from './set-fuses.ts'

describe('electron-builder.yml', () => {
  // The builder's own logger has this shape; its class is in a package that is not ours.
  const logger = { isEnabled: false, data: new Map(), add: () => undefined, save: () => Promise.resolve() }
  const read = () => getConfig(root, join(root, 'electron-builder.yml'), null)

  it('is valid', async () => {
    await expect(validateConfiguration(await read(), logger)).resolves.toBeUndefined()
  })

  it('would not be valid with a key that the builder does not know', async () => {
    const wrong = { ...(await read()), appID: 'x' }
    await expect(validateConfiguration(wrong, logger)).rejects.toThrow('appID')
  })

  it('names the hook that sets the fuses', async () => {
    expect((await read()).afterPack).toBe('./scripts/packaging/after-pack.ts')
  })

  it("installs the command line by the builder's own scripts, and one line more", async () => {
    const { deb } = await read()
    for (const [script, own] of [
      [deb?.afterInstall, 'after-install.tpl'],
      [deb?.afterRemove, 'after-remove.tpl'],
    ] as const) {
      const ours = await readFile(join(root, script ?? ''), 'utf8')
      const theirs = await readFile(join(root, 'node_modules/app-builder-lib/templates/linux', own), 'utf8')
      expect(ours.slice(0, theirs.length), own).toBe(theirs)
      expect(ours.slice(theirs.length).trim().split('\n'), own).toHaveLength(2)
    }
  })

  it('opens dumps as a viewer, and never takes them over', async () => {
    const { mac, linux, win, fileAssociations, protocols } = await read()
    expect(mac?.fileAssociations).toEqual([
      { ext: ['dump', 'bak', 'sql'], name: 'Database dump', role: 'Viewer', rank: 'Alternate' },
    ])
    const types = [linux?.fileAssociations ?? []].flat()
    expect(types.map(({ ext, role }) => [ext, role])).toEqual([
      ['dump', 'Viewer'],
      ['bak', 'Viewer'],
      ['sql', 'Viewer'],
    ])
    // On Windows they would: resources/installer.nsh adds to "Open with" instead.
    expect([win?.fileAssociations, fileAssociations]).toEqual([undefined, undefined])
    expect([protocols ?? []].flat().map(({ schemes }) => schemes)).toEqual([['holdfast']])
  })
})

describe('the fuses', () => {
  /** What marks the fuses inside an Electron program; version 1, then how many there are. */
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-fuses-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function pack(fuseCount: number): Promise<void> {
    const wire = Buffer.from([1, fuseCount, ...Buffer.from('0'.repeat(fuseCount))])
    await writeFile(join(folder, 'holdfast'), Buffer.concat([Buffer.from(`ELF${sentinel}`), wire, Buffer.from('rest')]))
    const packager = { appInfo: { productFilename: 'Holdfast' }, executableName: 'holdfast' }
    await setFuses({ appOutDir: folder, electronPlatformName: 'linux', packager })
  }

  it('are all nine set', async () => {
    await pack(9)
    const wire = await getCurrentFuseWire(join(folder, 'holdfast'))
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
      FuseV1Options.WasmTrapHandlers,
    ]
    for (let fuse = 0; fuse < 9; fuse += 1) {
      const expected = on.includes(fuse) ? FuseState.ENABLE : FuseState.DISABLE
      expect(wire[fuse as FuseV1Options], FuseV1Options[fuse]).toBe(expected)
    }
  })

  it('break the build when Electron has one that is not decided yet', async () => {
    await expect(pack(10)).rejects.toThrow('strictlyRequireAllFuses')
  })
})

describe('the carried Node.js', () => {
  it.each([
    ['another platform', process.platform === 'win32' ? 'linux' : 'win32', 1],
    ['another architecture', process.platform, 0],
  ])('is not packed for %s', async (_, electronPlatformName, arch) => {
    const packager = { appInfo: { productFilename: 'Holdfast' } }
    await expect(afterPack({ appOutDir: '/nowhere', electronPlatformName, arch, packager })).rejects.toThrow(
      'Package on the platform that it is for.',
    )
  })
})
