import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { PickRequest } from '../../../preload/contract/index.ts'
import type { Host } from '../../app/host.ts'
import { FakeApplication, type Answers } from '../../cli/testing/fake-application.ts'
import { startDesktop, type DesktopOptions } from '../start.ts'
import { FakeElectron } from './fake-electron.ts'

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-desktop-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a small built window, and answers its folder. */
export function writeRenderer(folder: string): string {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Holdfast</title>')
  writeFileSync(join(folder, 'assets/main.js'), 'export {}')
  return folder
}

/** What a started desktop program shows of itself. */
export interface StartedDesktop {
  readonly electron: FakeElectron
  readonly application: ClosingApplication
  readonly home: string
  /** As the application got it. */
  readonly host: () => Host
  /** Electron becomes ready, and the program has done what it does then. */
  readonly ready: () => Promise<void>
}

/** An application that keeps how it was closed. */
export class ClosingApplication extends FakeApplication {
  readonly closedWith: boolean[] = []
  override close({ cancelJobs = false }: { readonly cancelJobs?: boolean } = {}): Promise<void> {
    this.closedWith.push(cancelJobs)
    return super.close()
  }
}

/** Answers of an application in which nothing was set up yet. Every path is known under the same id. */
export const quiet: Answers = { 'connections.list': () => [] }

/** Starts the whole program over a fake Electron and a fake application. */
export function launch(
  options: Partial<DesktopOptions> & { readonly answers?: Answers; readonly electron?: FakeElectron } = {},
): StartedDesktop {
  const { electron = new FakeElectron(), answers = {}, ...rest } = options
  const folder = temporaryFolder()
  const home = join(folder, 'home')
  const application: ClosingApplication = new ClosingApplication({
    ...quiet,
    'paths.pick': async (request) => {
      const path = (await host?.pickPath?.(PickRequest.parse(request))) ?? null
      return path === null ? null : { picked: `id of ${path}`, path }
    },
    ...answers,
  })
  let host: Host | null = null
  startDesktop(electron.api, {
    home,
    argv: ['/opt/Holdfast/holdfast'],
    workingDirectory: folder,
    env: { XDG_CURRENT_DESKTOP: 'KDE' },
    platform: 'linux',
    preload: '/app/preload/index.cjs',
    rendererFolder: writeRenderer(join(folder, 'renderer')),
    jobEntry: '/app/main/job.js',
    iconFolder: '/app/icons',
    openApplication: (given) => {
      host = given.host
      return Promise.resolve(application)
    },
    ...rest,
  })
  return {
    electron,
    application,
    home,
    host: () => {
      if (host === null) throw new Error('The application was not opened.')
      return host
    },
    ready: async () => {
      electron.app.becomeReady()
      await settled()
    },
  }
}

/** Resolves when all that is only waiting for promises has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
