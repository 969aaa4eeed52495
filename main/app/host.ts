import type {
  AppErrorData,
  EventName,
  EventPayload,
  MethodInput,
  MethodName,
  MethodOutput,
  PickRequest,
} from '../../preload/contract/index.ts'

/** A forked job process, as the runner needs it. Its channel is structured-clone or JSON, whatever the host has. */
export interface JobProcess {
  readonly pid: number
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, also where the process never started. */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

/** What differs between the three hosts. Nothing below `app/` knows which of them it runs in. */
export interface Host {
  readonly kind: 'desktop' | 'browser' | 'cli'
  readonly appVersion: string
  /** Starts the job process as a session of its own with `HOLDFAST_JOB` and `HOLDFAST_HOME` in its environment. */
  forkJob(jobId: string, home: string): JobProcess
  /** Asks the person on the terminal; null where nobody can be asked. Absent where there is a window: it is asked by `prompts.list`. */
  askPassphrase?(prompt: {
    readonly purpose: 'create-vault' | 'unlock-vault'
    readonly text: string
  }): Promise<string | null>
  /** A dialog of the system; absent where there is none. null: the person chose nothing. */
  pickPath?(request: PickRequest): Promise<string | null>
  /** Asks who sits here to prove it; `not-asked` where that can't be done. Absent where there is no such thing. */
  confirmPresence?(reason: string): Promise<'confirmed' | 'refused' | 'not-asked'>
  /** Folders that `paths.browse` shows besides the destinations; absent where the window has dialogs or there is no window. */
  readonly browseFolders?: readonly { readonly label: string; readonly path: string }[]
  /** A line for the person that is not part of a command's output (stderr, a notification). */
  notice(line: string): void
  /** Something begins that is better waited for when the person wants to leave. Answers how to say that it has ended. */
  beginUnfinished?(): () => void
}

/** The answer of every method: errors cross as data. */
export type Answer<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: AppErrorData }

/** The application as a host sees it. */
export interface Application {
  invoke<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Answer<MethodOutput<M>>>
  /**
   * Calls `listener` for each event of one kind until the returned function is called. Where it returns a promise,
   * the sender of `rows.batch` waits for it: so a slow reader slows the job instead of filling the memory.
   */
  subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void | Promise<void>): () => void
  /** Ends the application; running jobs are cancelled when `cancelJobs`, otherwise waited for. */
  close(options?: { readonly cancelJobs?: boolean }): Promise<void>
}
