import type { Event } from 'electron'
import type { Application } from '../app/host.ts'
import type { Electron } from './electron.ts'
import type { JobWatch } from './job-watch.ts'
import type { MainWindow } from './window.ts'

/** What leaving stands on. */
export interface QuittingOptions {
  readonly electron: Pick<Electron, 'app' | 'dialog'>
  readonly application: Pick<Application, 'close'>
  readonly watch: Pick<JobWatch, 'active' | 'onChange'>
  readonly window: Pick<MainWindow, 'current'>
}

/** How the program is left: never over a running job without a question, and never with the catalog open. */
export class Quitting {
  readonly #options: QuittingOptions
  #state: 'staying' | 'asking' | 'finishing' | 'leaving' = 'staying'

  constructor(options: QuittingOptions) {
    this.#options = options
    const { app } = options.electron
    app.on('before-quit', (event: Event) => {
      if (this.isLeaving) return
      event.preventDefault()
      void this.request()
    })
    options.watch.onChange((active) => {
      if (this.#state === 'finishing' && active.length === 0) void this.#leave(false)
    })
  }

  /** Whether the program ends now: windows may close. */
  get isLeaving(): boolean {
    return this.#state === 'leaving'
  }

  /** Leaves at once where nothing runs, unless `alwaysAsk`; otherwise asks what shall become of the jobs. */
  async request({ alwaysAsk = false }: { readonly alwaysAsk?: boolean } = {}): Promise<void> {
    if (this.#state === 'asking' || this.isLeaving) return
    const running = this.#options.watch.active.length
    if (running === 0 && !alwaysAsk) return this.#leave(false)
    this.#state = 'asking'
    const answer = running === 0 ? await this.#askWithoutJobs() : await this.#askAboutJobs(running)
    switch (answer) {
      case 'finish':
        // A job may have ended while the question stood there.
        if (this.#options.watch.active.length === 0) return this.#leave(false)
        this.#state = 'finishing'
        return
      case 'cancel':
        return this.#leave(true)
      case 'stay':
        this.#state = 'staying'
    }
  }

  async #askAboutJobs(running: number): Promise<'finish' | 'cancel' | 'stay'> {
    const titles = this.#options.watch.active.map(({ title }) => title).join('\n')
    const choice = await this.#ask({
      message: running === 1 ? 'A job is running.' : `${running} jobs are running.`,
      detail: `${titles}\n\nA cancelled backup leaves nothing behind. A cancelled restore leaves the target as its plan says.`,
      buttons: ['Finish, then quit', running === 1 ? 'Cancel the job and quit' : 'Cancel the jobs and quit', 'Stay'],
    })
    return choice === 0 ? 'finish' : choice === 1 ? 'cancel' : 'stay'
  }

  async #askWithoutJobs(): Promise<'finish' | 'stay'> {
    const choice = await this.#ask({
      message: 'Quit Holdfast?',
      detail: 'There is no tray here in which it could stay. Nothing is running.',
      buttons: ['Quit', 'Stay'],
    })
    return choice === 0 ? 'finish' : 'stay'
  }

  /** The number of the button; closing the question is the last one. */
  async #ask(question: {
    readonly message: string
    readonly detail: string
    readonly buttons: string[]
  }): Promise<number> {
    const { dialog } = this.#options.electron
    const settings = {
      ...question,
      type: 'question' as const,
      title: 'Holdfast',
      defaultId: 0,
      cancelId: question.buttons.length - 1,
      noLink: true,
    }
    const parent = this.#options.window.current
    const { response } = await (parent?.isVisible() === true
      ? dialog.showMessageBox(parent, settings)
      : dialog.showMessageBox(settings))
    return response
  }

  async #leave(cancelJobs: boolean): Promise<void> {
    if (this.isLeaving) return
    this.#state = 'leaving'
    try {
      await this.#options.application.close({ cancelJobs })
    } finally {
      this.#options.electron.app.quit()
    }
  }
}
