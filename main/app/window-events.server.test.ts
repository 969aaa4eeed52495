import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job, Prompt } from '../../preload/contract/index.ts'
import { WindowApplication } from './testing/window-application.ts'

let window: WindowApplication
const open: WindowApplication[] = []
const started = async (...options: Parameters<typeof WindowApplication.open>) => {
  const made = await WindowApplication.open(...options)
  open.push(made)
  return made
}
afterEach(async () => {
  const all = open.splice(0).toReversed()
  for (const [index, each] of all.entries()) await each.close({ keepFolder: index < all.length - 1 })
})

describe('a vault in a window', () => {
  let prompts: Prompt[]
  beforeEach(async () => {
    window = await started({ hasPassphraseFile: false })
    prompts = []
    window.application.subscribe('prompts.changed', (event) => {
      prompts = event.prompts
    })
  })
  const asked = (count = 1) => vi.waitFor(() => expect(prompts).toHaveLength(count), 10_000)
  const profile = { host: '127.0.0.1', port: 1 }
  const secret = { from: 'value' as const, value: 'hunter2-hunter2' }

  it('is made with a prompt, locked at the next start, and opened with the same passphrase', async () => {
    expect(await window.call('secrets.status', {})).toMatchObject({ store: 'vault', state: 'absent' })
    expect(await window.call('prompts.list', {})).toEqual([])
    const adding = window.call('connections.add', { name: 'pg', engine: 'postgresql', profile, secret })
    await asked()
    expect(prompts).toEqual(await window.call('prompts.list', {}))
    expect(prompts[0]).toMatchObject({ purpose: 'create-vault' })
    expect(await window.refusal('prompts.answer', { id: 'another', value: 'x' })).toBe('NOT_FOUND')
    expect(await window.refusal('prompts.answer', { id: prompts[0]?.id ?? '', value: '' })).toBe('USAGE')
    await window.call('prompts.answer', { id: prompts[0]?.id ?? '', value: 'correct horse battery' })
    await adding
    expect(prompts).toEqual([])
    expect(await window.call('secrets.status', {})).toMatchObject({ state: 'ready' })

    const next = await started({ hasPassphraseFile: false, beside: window })
    expect(await next.call('secrets.status', {})).toMatchObject({ state: 'locked' })
    const unlock = async (value: string | null) => {
      const unlocking = next.invoke('secrets.unlock', {})
      const [prompt] = await vi.waitFor(async () => {
        const all = await next.call('prompts.list', {})
        expect(all).toHaveLength(1)
        return all
      }, 10_000)
      expect(prompt?.purpose).toBe('unlock-vault')
      await next.call('prompts.answer', { id: prompt?.id ?? '', value })
      return unlocking
    }
    expect(await unlock(null)).toMatchObject({ ok: false })
    expect(await unlock('wrong')).toMatchObject({ ok: false, error: { code: 'PASSPHRASE_WRONG' } })
    expect(await unlock('correct horse battery')).toMatchObject({ ok: true, data: { state: 'ready' } })
  })

  it('asks once, however many wait, and withdraws the question when it closes', async () => {
    const add = (name: string) => window.invoke('connections.add', { name, engine: 'postgresql', profile, secret })
    const adding = [add('one'), add('two'), window.invoke('secrets.unlock', {})]
    await asked()
    expect(await window.call('prompts.list', {})).toHaveLength(1)
    await window.application.close()
    const answers = await Promise.all(adding)
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, false])
    expect(prompts).toEqual([])
  })
})

describe('what another process does', () => {
  it('is told: the catalog changed, and jobs moved', async () => {
    window = await started()
    const revisions: number[] = []
    const jobs: Job[] = []
    window.application.subscribe('catalog.changed', ({ revision }) => void revisions.push(revision))
    window.application.subscribe('job.updated', (job) => void jobs.push(job))
    const cli = await started({ kind: 'cli', beside: window })
    const { id } = await cli.call('sample.create', {})
    await vi.waitFor(() => expect(revisions).toHaveLength(1), 5_000)
    expect((await window.call('connections.list', {})).map((row) => row.id)).toEqual([id])

    const settings = { path: window.userHome }
    await cli.call('destinations.add', { name: 'disk', type: 'local', settings, secret: { from: 'none' } })
    const { jobId } = await cli.call('backups.start', { connection: id })
    await cli.call('jobs.wait', { jobId })
    await vi.waitFor(() => expect(jobs.at(-1)?.status.state).toBe('succeeded'), 5_000)
    expect(new Set(jobs.map((job) => job.id))).toEqual(new Set([jobId]))
    const told = jobs.map(({ revision }) => revision)
    expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
    await vi.waitFor(() => expect(revisions.length).toBeGreaterThan(1), 5_000)
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
    expect((await window.call('backups.page', {})).total).toBe(1)
  })

  it('nothing is told while nothing changes', async () => {
    window = await started()
    const revisions: number[] = []
    window.application.subscribe('catalog.changed', ({ revision }) => void revisions.push(revision))
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(revisions).toEqual([])
  })
})
