import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isInsideHome } from './home-files.ts'

let folder: string
let home: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hf-home-files-')))
  home = join(folder, 'home')
  mkdirSync(join(home, 'runs', 'one'), { recursive: true })
  mkdirSync(join(folder, 'work'))
  writeFileSync(join(home, 'catalog.sqlite'), 'catalog')
  writeFileSync(join(home, 'runs', 'one', 'copy.sqlite'), 'copy')
  writeFileSync(join(folder, 'work', 'app.db'), 'app')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (...names: string[]) => join(folder, ...names)

describe('a path that leads into the home', () => {
  const cases: Readonly<Record<string, () => string>> = {
    'the catalog itself': () => at('home', 'catalog.sqlite'),
    'a new file in it': () => at('home', 'new.db'),
    'a new file in a folder of it that does not exist': () => at('home', 'a', 'b', 'new.db'),
    'a file deep in it': () => at('home', 'runs', 'one', 'copy.sqlite'),
    'the home itself': () => home,
    'a link to the catalog': () => {
      symlinkSync(join(home, 'catalog.sqlite'), at('work', 'link.db'))
      return at('work', 'link.db')
    },
    'a link to a link to the catalog': () => {
      symlinkSync('../home/catalog.sqlite', at('work', 'first.db'))
      symlinkSync('first.db', at('work', 'second.db'))
      return at('work', 'second.db')
    },
    'a link to a file in it that does not exist yet': () => {
      symlinkSync(join(home, 'later.db'), at('work', 'dangling.db'))
      return at('work', 'dangling.db')
    },
    'a folder that is a link': () => {
      symlinkSync(home, at('work', 'folder'))
      return at('work', 'folder', 'catalog.sqlite')
    },
    'a new file in a folder that is a link': () => {
      symlinkSync(join(home, 'runs'), at('work', 'folder'))
      return at('work', 'folder', 'new.db')
    },
    'another name of the catalog': () => {
      linkSync(join(home, 'catalog.sqlite'), at('work', 'innocent.db'))
      return at('work', 'innocent.db')
    },
    'another name of a file deep in it': () => {
      linkSync(join(home, 'runs', 'one', 'copy.sqlite'), at('work', 'innocent.db'))
      return at('work', 'innocent.db')
    },
    'a link to another name of the catalog': () => {
      linkSync(join(home, 'catalog.sqlite'), at('work', 'innocent.db'))
      symlinkSync('innocent.db', at('work', 'link.db'))
      return at('work', 'link.db')
    },
    'a path with ..': () => `${folder}/work/../home/catalog.sqlite`,
    'a path with .. and doubled slashes': () => `${folder}//work/./..//home//new.db`,
    'a path that goes up from where a link leads': () => {
      symlinkSync(join(home, 'runs'), at('work', 'folder'))
      return `${folder}/work/folder/../catalog.sqlite`
    },
    'a file outside that a link in the home leads to': () => {
      symlinkSync(at('work', 'app.db'), join(home, 'moved.sqlite'))
      return at('work', 'app.db')
    },
    'a file in a folder that a link in the home leads to': () => {
      symlinkSync(at('work'), join(home, 'moved'))
      return at('work', 'app.db')
    },
  }
  it.each(Object.entries(cases))('is found: %s', async (_name, make) => {
    expect(await isInsideHome(home, make())).toBe(true)
  })

  it('is found where the home itself is given through a link', async () => {
    symlinkSync(home, at('my-home'))
    for (const path of [at('my-home', 'catalog.sqlite'), at('home', 'catalog.sqlite'), at('my-home', 'new.db')]) {
      expect(await isInsideHome(at('my-home'), path)).toBe(true)
      expect(await isInsideHome(home, path)).toBe(true)
    }
    expect(await isInsideHome(at('my-home'), at('work', 'app.db'))).toBe(false)
  })
})

describe('a path elsewhere', () => {
  it('is free', async () => {
    mkdirSync(at('home-2'))
    writeFileSync(at('home-2', 'app.db'), '')
    symlinkSync(at('work'), at('link'))
    symlinkSync('loop', at('work', 'loop'))
    const paths = [
      at('work', 'app.db'),
      at('work', 'new.db'),
      at('home-2', 'app.db'),
      at('homecatalog.sqlite'),
      at('link', 'app.db'),
      at('work', 'loop'),
      at('missing', 'folder', 'new.db'),
      `${folder}/home/../work/app.db`,
    ]
    for (const path of paths) expect(await isInsideHome(home, path), path).toBe(false)
  })

  it('is free while there is no home', async () => {
    expect(await isInsideHome(at('nowhere'), at('work', 'app.db'))).toBe(false)
  })

  it('is free although links in the home go round', async () => {
    symlinkSync(home, join(home, 'runs', 'round'))
    symlinkSync('self', join(home, 'self'))
    expect(await isInsideHome(home, at('work', 'app.db'))).toBe(false)
  })
})
