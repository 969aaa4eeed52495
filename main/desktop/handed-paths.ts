import { randomUUID } from 'node:crypto'
import type { PickedPath, PickRequest } from '../../preload/contract/index.ts'
import type { Answer, Application } from '../app/host.ts'

/**
 * Files that the system hands over: dropped, opened with Holdfast, named by a second launch. They become picked paths
 * the way a dialog's answer does, so that the application knows one way in only. The dialog's title is a secret of the
 * moment: no window can ask for somebody else's file.
 */
export class HandedPaths {
  readonly #paths = new Map<string, string>()

  /** Makes `path` known to the application, and answers the id under which the window may name it. */
  async handOver(application: Pick<Application, 'invoke'>, path: string): Promise<Answer<PickedPath | null>> {
    const title = randomUUID()
    this.#paths.set(title, path)
    try {
      return await application.invoke('paths.pick', { purpose: 'open', title })
    } finally {
      this.#paths.delete(title)
    }
  }

  /** The path that this very request stands for; null for a request of the window. */
  answerTo(request: PickRequest): string | null {
    return this.#paths.get(request.title) ?? null
  }
}
