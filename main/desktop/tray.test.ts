import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { AppError, Connection, type StatusReport } from '../../preload/contract/index.ts'
import { jobOf, type Answers } from '../cli/testing/fake-application.ts'
import { jobId } from '../cli/testing/samples.ts'
import { launch, settled } from './testing/desktop.ts'
import { hasTray } from './tray.ts'

const at = '2026-01-01T10:00:00.000Z'
const connectionId = Connection.shape.id.parse('01JGH5QZ8M3X7V2K9P4R6T0WYA')
const status = (sentence: string): StatusReport => ({
  sentence,
  level: 'ok',
  databases: [],
  attention: [],
  backups: 0,
  storedBytes: 0,
})

async function open(answers: Answers = {}) {
  const shop = { id: connectionId, name: 'shop' } as Connection
  const started = launch({
    answers: { 'status.get': () => status('All is safe.'), 'connections.list': () => [shop], ...answers },
  })
  await started.ready()
  const tray = started.electron.trays[0]
  if (tray === undefined) throw new Error('There is no tray.')
  const click = (label: string, items: readonly MenuItemConstructorOptions[] = tray.menu) => {
    const item = items.find((each) => each.label === label)
    if (item?.click === undefined) throw new Error(`"${label}" can not be clicked.`)
    ;(item.click as () => void)()
  }
  return {
    ...started,
    tray,
    click,
    labels: () => tray.menu.map(({ label }) => label).filter((each) => each !== undefined),
  }
}

const running = (revision: number, fraction: number | null = null) =>
  jobOf(
    {
      state: 'running',
      startedAt: at,
      isCancelling: false,
      progress: { stage: 'dump', item: null, bytes: 1, bytesPerSecond: 1, fraction, remainingSeconds: null },
    },
    revision,
  )

it('shows whether all is safe, and what can be done', async () => {
  const { tray, labels } = await open()
  expect(labels()).toEqual(['All is safe.', 'Back Up Now', 'Open Holdfast', 'Quit'])
  expect(tray.toolTip).toBe('Holdfast: All is safe.')
  expect(tray.icon).toBe('/app/icons/tray.png')
})

it('opens the window, by its menu and by a click', async () => {
  const { electron, tray, click } = await open()
  electron.window.hide()
  click('Open Holdfast')
  expect(electron.window.isShown).toBe(true)
  electron.window.hide()
  tray.emit('click')
  expect(electron.window.isShown).toBe(true)
})

it('quits the way the menu does', async () => {
  const { electron, click } = await open()
  click('Quit')
  await settled()
  expect(electron.app.hasQuit).toBe(true)
})

describe('back up now', () => {
  const submenu = (menu: readonly MenuItemConstructorOptions[]) =>
    menu.find(({ label }) => label === 'Back Up Now')?.submenu as MenuItemConstructorOptions[]

  it('starts a backup of the connection', async () => {
    const { application, tray, click } = await open({ 'backups.start': () => ({ jobId }) })
    click('shop', submenu(tray.menu))
    await settled()
    expect(application.calls).toContainEqual({ method: 'backups.start', input: { connection: connectionId } })
  })

  it('says why none was started', async () => {
    const failure = new AppError('NO_DESTINATION', 'There is no destination.')
    const { electron, tray, click } = await open({
      'backups.start': () => {
        throw failure
      },
    })
    click('shop', submenu(tray.menu))
    await settled()
    expect(electron.notifications[0]?.options).toEqual({
      title: 'shop was not backed up',
      body: 'There is no destination.',
    })
  })

  it('is not offered without a connection', async () => {
    const { tray } = await open({ 'connections.list': () => [] })
    expect(tray.menu.find(({ label }) => label === 'Back Up Now')?.enabled).toBe(false)
  })
})

it('shows a running job, and cancels it', async () => {
  const { application, electron, click, labels } = await open({ 'jobs.cancel': () => ({}) })
  await application.emit('job.updated', running(1))
  expect(labels()).toContain('Running: shop')
  click('Running: shop')
  expect(electron.window.loaded.at(-1)).toBe(`app://bundle/activity/${jobId}`)
  click('Cancel: shop')
  await settled()
  expect(application.calls).toContainEqual({ method: 'jobs.cancel', input: { job: jobId } })
})

it('is built again when the state changes, and only then', async () => {
  let sentence = 'All is safe.'
  const { application, tray, labels } = await open({ 'status.get': () => status(sentence) })
  await application.emit('job.updated', running(1))
  const menus = tray.menus.length
  await application.emit('job.updated', running(2, 0.5))
  expect(tray.menus).toHaveLength(menus)
  sentence = 'shop is overdue.'
  await application.emit('catalog.changed', { revision: 1 })
  await settled()
  expect(labels()[0]).toBe('shop is overdue.')
  sentence = 'shop is safe again.'
  await application.emit('job.updated', jobOf({ state: 'cancelled', startedAt: at, finishedAt: at }, 3))
  await settled()
  expect(labels()[0]).toBe('shop is safe again.')
  expect(labels()).not.toContain('Running: shop')
})

describe('hasTray', () => {
  it.each([
    ['win32', '', true],
    ['darwin', '', true],
    ['linux', 'KDE', true],
    ['linux', 'ubuntu:GNOME', true],
    ['linux', 'XFCE', true],
    ['linux', 'GNOME', false],
    ['linux', '', false],
  ] as const)('%s %s: %s', (platform, desktop, expected) => {
    expect(hasTray(platform, { XDG_CURRENT_DESKTOP: desktop })).toBe(expected)
  })
})
