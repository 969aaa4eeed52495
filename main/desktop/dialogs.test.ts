import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pickPath } from './dialogs.ts'
import { DesktopState } from './state.ts'
import { temporaryFolder } from './testing/desktop.ts'
import { FakeElectron } from './testing/fake-electron.ts'

function make() {
  const file = join(temporaryFolder(), 'window', 'desktop.json')
  const electron = new FakeElectron()
  const options = () => ({ electron: electron.api, window: { current: null }, state: new DesktopState(file) })
  return { electron, options }
}
const open = { purpose: 'open', title: 'A kit', suggestedName: null } as const

it('begins in the documents, not where Electron would', async () => {
  const { electron, options } = make()
  expect(await pickPath(options(), open)).toBeNull()
  expect(electron.openDialogs).toEqual([
    { title: 'A kit', defaultPath: '/home/ada/Documents', properties: ['openFile'] },
  ])
})

it('begins where the same purpose was served last, also after a new start', async () => {
  const { electron, options } = make()
  electron.chosenPath = '/srv/kits/holdfast-kit.age'
  expect(await pickPath(options(), open)).toBe('/srv/kits/holdfast-kit.age')
  electron.chosenPath = '/srv/backups'
  expect(await pickPath(options(), { ...open, purpose: 'folder' })).toBe('/srv/backups')
  electron.chosenPath = null
  await pickPath(options(), open)
  await pickPath(options(), { ...open, purpose: 'folder' })
  expect(electron.openDialogs.slice(2).map(({ defaultPath }) => defaultPath)).toEqual(['/srv/kits', '/srv/backups'])
})

it('offers the suggested name when saving', async () => {
  const { electron, options } = make()
  electron.chosenPath = '/srv/out/plan.json'
  const request = { purpose: 'save', title: 'Save the plan', suggestedName: 'plan.json' } as const
  expect(await pickPath(options(), request)).toBe('/srv/out/plan.json')
  await pickPath(options(), request)
  const paths = electron.saveDialogs.map(({ defaultPath }) => defaultPath)
  expect(paths).toEqual(['/home/ada/Documents/plan.json', '/srv/out/plan.json'])
})

it('lets folders be made where one is picked', async () => {
  const { electron, options } = make()
  await pickPath(options(), { ...open, purpose: 'folder' })
  expect(electron.openDialogs[0]?.properties).toEqual(['openDirectory', 'createDirectory'])
})
