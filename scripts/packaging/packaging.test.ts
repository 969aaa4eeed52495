import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../build-steps/project.ts'
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
    expect((await read()).afterPack).toBe('./scripts/packaging/set-fuses.ts')
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
