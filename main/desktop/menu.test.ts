import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { menuTemplate, type MenuOptions } from './menu.ts'

function make(changes: Partial<MenuOptions> = {}) {
  const options: MenuOptions = {
    platform: 'linux',
    isDevelopment: false,
    theme: 'system',
    navigate: vi.fn<(route: string) => void>(),
    openFile: vi.fn<() => void>(),
    chooseTheme: vi.fn<() => void>(),
    ...changes,
  }
  return { options, items: flat(menuTemplate(options)) }
}

function flat(items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])
}

function click(items: readonly MenuItemConstructorOptions[], label: string): void {
  const item = items.find((each) => each.label === label)
  ;(item?.click as (() => void) | undefined)?.()
}

it('has no shortcut twice', () => {
  const shortcuts = make().items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]))
  expect(shortcuts).toHaveLength(new Set(shortcuts).size)
  expect(shortcuts).toEqual(
    expect.arrayContaining(['CmdOrCtrl+B', 'CmdOrCtrl+O', 'CmdOrCtrl+,', 'CmdOrCtrl+1', 'CmdOrCtrl+Q']),
  )
})

it.each([
  ['Back Up…', '/back-up'],
  ['Restore…', '/restore'],
  ['Backups', '/backups'],
  ['Activity', '/activity'],
  ['Settings', '/settings'],
])('%s opens %s', (label, route) => {
  const { options, items } = make()
  click(items, label)
  expect(options.navigate).toHaveBeenCalledWith(route)
})

it('looks into a file', () => {
  const { options, items } = make()
  click(items, 'Look into a File…')
  expect(options.openFile).toHaveBeenCalledOnce()
})

it('shows and changes the look', () => {
  const { options, items } = make({ theme: 'dark' })
  expect(items.filter(({ type, checked }) => type === 'radio' && checked).map(({ label }) => label)).toEqual(['Dark'])
  click(items, 'Light')
  expect(options.chooseTheme).toHaveBeenCalledWith('light')
})

describe('tools for developers', () => {
  const tools = (isDevelopment: boolean) =>
    make({ isDevelopment }).items.filter(({ role }) => role === 'toggleDevTools' || role === 'reload')

  it('are not in the installed program', () => {
    expect(tools(false)).toEqual([])
    expect(tools(true)).toHaveLength(2)
  })
})

it('is as macOS wants it there', () => {
  const { items } = make({ platform: 'darwin' })
  expect(items[0]?.role).toBe('appMenu')
  expect(items.filter(({ role }) => role === 'quit')).toHaveLength(1)
  expect(items.filter(({ label }) => label === 'Settings')).toHaveLength(1)
})
