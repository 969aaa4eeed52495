import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MethodInput, MethodName, MethodOutput } from '../../../preload/contract/index.ts'
import { openApplication } from '../application.ts'
import { forkProcess, jobEntry, jobEnvironment } from '../fork-job.ts'
import type { Answer, Application, Host } from '../host.ts'

/** What is special about the host or its surroundings. */
export interface WindowOptions {
  readonly kind?: Host['kind']
  readonly pickPath?: Host['pickPath']
  readonly confirmPresence?: Host['confirmPresence']
  /** With a passphrase in a file, by default; otherwise the vault asks. */
  readonly hasPassphraseFile?: boolean
  /** The home of an application that is open already. */
  readonly beside?: WindowApplication
}

/** An application as a window has it, in a home of its own. */
export class WindowApplication {
  readonly folder: string
  readonly home: string
  readonly userHome: string
  readonly application: Application
  readonly notices: string[] = []

  private constructor(folder: string, application: Application) {
    this.folder = folder
    this.home = join(folder, 'data')
    this.userHome = join(folder, 'person')
    this.application = application
  }

  static async open(options: WindowOptions = {}): Promise<WindowApplication> {
    const { kind = 'browser', pickPath, confirmPresence, hasPassphraseFile = true, beside } = options
    const folder = beside?.folder ?? mkdtempSync(join(tmpdir(), 'hf-window-app-'))
    mkdirSync(join(folder, 'person'), { recursive: true })
    const passphraseFile = join(folder, 'vault-passphrase')
    writeFileSync(passphraseFile, 'correct horse battery', { mode: 0o600 })
    const before = process.env['HOLDFAST_VAULT_PASSPHRASE_FILE']
    if (hasPassphraseFile) process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] = passphraseFile
    else delete process.env['HOLDFAST_VAULT_PASSPHRASE_FILE']
    const notices: string[] = []
    const host: Host = {
      kind,
      appVersion: '0.0.0',
      forkJob: (jobId, home) =>
        forkProcess({ entry: jobEntry(), env: jobEnvironment(process.env, jobId, home), isVerbose: false }),
      notice: (line) => void notices.push(line),
      ...(pickPath === undefined ? {} : { pickPath }),
      ...(confirmPresence === undefined ? {} : { confirmPresence }),
      ...(kind === 'browser' ? { browseFolders: [{ label: 'allowed', path: join(folder, 'allowed') }] } : {}),
    }
    mkdirSync(join(folder, 'allowed'), { recursive: true })
    try {
      const application = await openApplication({ home: join(folder, 'data'), userHome: join(folder, 'person'), host })
      const made = new WindowApplication(folder, application)
      notices.forEach((line) => made.notices.push(line))
      return made
    } finally {
      if (before === undefined) delete process.env['HOLDFAST_VAULT_PASSPHRASE_FILE']
      else process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] = before
    }
  }

  invoke<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Answer<MethodOutput<M>>> {
    return this.application.invoke(method, input)
  }

  /** The data of an answer; an error fails the test. */
  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    const answer = await this.invoke(method, input)
    if (answer.ok) return answer.data
    throw new Error(`${method}: ${JSON.stringify(answer.error)}`)
  }

  /** The code with which a call is refused; null where it is not. */
  async refusal<M extends MethodName>(method: M, input: MethodInput<M>): Promise<string | null> {
    const answer = await this.invoke(method, input)
    return answer.ok ? null : answer.error.code
  }

  /** The result of a job, once it succeeded. */
  async result(started: Promise<{ readonly jobId: MethodInput<'jobs.wait'>['jobId'] }>): Promise<unknown> {
    const { status } = await this.call('jobs.wait', { jobId: (await started).jobId })
    if (status.state === 'succeeded') return status.result
    throw new Error(JSON.stringify(status))
  }

  /** Ends it. Its folder goes with the last one over it. */
  async close({ keepFolder = false } = {}): Promise<void> {
    await this.application.close({ cancelJobs: true })
    if (!keepFolder) rmSync(this.folder, { recursive: true, force: true })
  }
}
