import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DesktopState } from './state.ts'
import { applyTheme, chooseTheme } from './theme.ts'
import { temporaryFolder } from './testing/desktop.ts'
import { FakeElectron } from './testing/fake-electron.ts'

it('follows the system until a look is chosen, and remembers the choice', () => {
  const file = join(temporaryFolder(), 'new', 'desktop.json')
  const first = new FakeElectron()
  applyTheme(first.api, new DesktopState(file))
  expect(first.nativeTheme.themeSource).toBe('system')
  chooseTheme(first.api, new DesktopState(file), 'dark')
  expect(first.nativeTheme.themeSource).toBe('dark')
  const second = new FakeElectron()
  applyTheme(second.api, new DesktopState(file))
  expect(second.nativeTheme.themeSource).toBe('dark')
})

it('is stored for the person alone', () => {
  const file = join(temporaryFolder(), 'desktop.json')
  new DesktopState(file).set({ theme: 'light' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ theme: 'light' })
})

it.each(['', '{', '{"theme":"purple"}', '[]'])('counts as unset where the file says %j', (text) => {
  const file = join(temporaryFolder(), 'desktop.json')
  writeFileSync(file, text)
  expect(new DesktopState(file).value).toEqual({ folders: {}, isTrayExplained: false, theme: 'system' })
})
