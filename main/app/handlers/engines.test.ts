import { describe, expect, it } from 'vitest'
import {
  BackupRequest,
  compressionPresets,
  Content,
  contentChoices,
  EngineChoices,
} from '../../../preload/contract/index.ts'
import { engineHandlers } from './engines.ts'

describe('what can be chosen for a backup', () => {
  it('of each engine one format is recommended, comes first, and every text is there', async () => {
    const engines = EngineChoices.array().parse(await engineHandlers()['engines.list']({}))
    expect(engines.map(({ id }) => id).toSorted()).toEqual(['postgresql', 'sqlite'])
    for (const { formats } of engines) {
      expect(formats.map(({ isRecommended }) => isRecommended)).toEqual(formats.map((_, index) => index === 0))
      const texts = formats.flatMap(({ label, holds, opensWith, usualSize }) => [label, holds, opensWith, usualSize])
      expect(texts.filter((text) => text.trim().length < 4)).toEqual([])
    }
    const postgresql = engines.find(({ id }) => id === 'postgresql')
    expect(postgresql?.formats.map(({ id }) => id)).toEqual(expect.arrayContaining(['custom', 'plain']))
  })

  it('every content has its text, and the preset "normal" is what a backup gets where nothing is chosen', () => {
    expect(contentChoices.map(({ id }) => id)).toEqual(Content.options)
    const normal = compressionPresets.find(({ id }) => id === 'normal')
    expect(normal?.compression).toEqual(BackupRequest.parse({ connection: 'shop' }).compression)
  })
})
