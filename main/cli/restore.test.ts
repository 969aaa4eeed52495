import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { jobSucceeding, type Answers } from './testing/fake-application.ts'
import { runCommand, type Finished } from './testing/run-command.ts'
import { sampleBackup, sampleBlocker, samplePlan, sampleRestore } from './testing/samples.ts'

let folder: string
let planFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))
  planFile = join(folder, 'plan.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const planned = jobSucceeding('restores.plan', samplePlan())

describe('restore plan -o', () => {
  it('writes the plan alone, for its owner alone', async () => {
    const { exitCode, stdout } = await runCommand(['restore', 'plan', 'b', '-o', planFile], planned)
    expect(exitCode).toBe(0)
    expect(JSON.parse(readFileSync(planFile, 'utf8'))).toEqual(samplePlan())
    expect(statSync(planFile).mode & 0o777).toBe(0o600)
    expect(stdout).toContain(`holdfast restore apply ${planFile} --confirm shop-restored.sqlite`)
  })

  it('replaces an older plan, and nothing else', async () => {
    writeFileSync(planFile, JSON.stringify(samplePlan({ confirm: 'old' })), { mode: 0o644 })
    expect((await runCommand(['restore', 'plan', 'b', '-o', planFile], planned)).exitCode).toBe(0)
    expect(JSON.parse(readFileSync(planFile, 'utf8'))).toEqual(samplePlan())
    expect(statSync(planFile).mode & 0o777).toBe(0o600)

    writeFileSync(planFile, 'my notes')
    const refused = await runCommand(['restore', 'plan', 'b', '-o', planFile, '--json'], planned)
    expect(refused.document().error?.code).toBe('ALREADY_EXISTS')
    expect(refused.application.calls).toEqual([])
    expect(readFileSync(planFile, 'utf8')).toBe('my notes')
  })

  it('writes a blocked plan too, and ends with 6', async () => {
    const blocked = jobSucceeding('restores.plan', samplePlan({ blockers: [sampleBlocker] }))
    const { exitCode, stdout } = await runCommand(['restore', 'plan', 'b', '-o', planFile], blocked)
    expect(exitCode).toBe(6)
    expect(stdout).toContain('The target exists. (TARGET_EXISTS)')
    expect(stdout).not.toContain('restore apply')
    expect(existsSync(planFile)).toBe(true)
  })

  it('says when the folder cannot be written to', async () => {
    const { exitCode, stderr } = await runCommand(['restore', 'plan', 'b', '-o', join(folder, 'no', 'p')], planned)
    expect([exitCode, stderr.includes('could not be written')]).toEqual([1, true])
  })
})

describe('restore apply', () => {
  const applied = jobSucceeding('restores.apply', sampleRestore())
  const apply = (answers: Answers, flags: readonly string[], typed?: readonly string[]) => {
    const around = typed === undefined ? {} : { typed }
    return runCommand(['restore', 'apply', planFile, ...flags], answers, around)
  }
  const sent = ({ application }: Finished) => application.calls.find(({ method }) => method === 'restores.apply')?.input
  beforeEach(() => writeFileSync(planFile, JSON.stringify(samplePlan())))

  it('sends the plan and the name', async () => {
    const finished = await apply(applied, ['--confirm', 'shop-restored.sqlite', '--json'])
    expect(finished.exitCode).toBe(0)
    expect(sent(finished)).toEqual({ plan: samplePlan(), confirm: 'shop-restored.sqlite' })
    expect(finished.document()).toMatchObject({ ok: true, data: { outcome: 'passed', safetyBackup: null } })
  })

  it('ends with 5 where the comparison failed', async () => {
    const failed = jobSucceeding('restores.apply', sampleRestore('failed'))
    expect((await apply(failed, ['--confirm', 'x'])).exitCode).toBe(5)
  })

  it.each([[[]], [['--json']], [['--no-input']]])(
    'without a terminal and a name it does nothing: %j',
    async (flags) => {
      const finished = await apply(applied, flags)
      expect(finished.exitCode).toBe(6)
      expect(finished.application.calls).toEqual([])
      expect(finished.stdout + finished.stderr).toContain('--confirm shop-restored.sqlite')
    },
  )

  it('on a terminal shows the plan and has the name typed', async () => {
    const finished = await apply(applied, [], ['shop-restored.sqlite'])
    expect(finished.stderr).toContain('ROWS AFTER')
    expect(finished.stderr).toMatch(/\+\s+orders/)
    expect(sent(finished)).toMatchObject({ confirm: 'shop-restored.sqlite' })
    expect(finished.exitCode).toBe(0)
  })

  it.each(['', '  '])('Enter alone never fires: %j', async (typed) => {
    const finished = await apply(applied, [], [typed])
    expect(finished.exitCode).toBe(6)
    expect(finished.application.calls).toEqual([])
  })

  it('a wrong name goes to the application, which refuses it', async () => {
    const refusing: Answers = {
      'restores.apply': () => {
        throw new AppError('CONFIRMATION_WRONG', 'The name is another one.')
      },
    }
    const finished = await apply(refusing, [], ['shop'])
    expect(finished.exitCode).toBe(6)
    expect(sent(finished)).toMatchObject({ confirm: 'shop' })
  })

  it('a blocked plan is shown on a terminal, and no name is asked for', async () => {
    writeFileSync(planFile, JSON.stringify(samplePlan({ blockers: [sampleBlocker] })))
    const finished = await apply(applied, [], [])
    expect(finished.exitCode).toBe(6)
    expect(finished.stderr).toContain('PLAN_BLOCKED')
    expect(finished.application.calls).toEqual([])
  })

  it.each([
    ['no JSON', 'PLAN_INVALID', 6],
    ['{}', 'PLAN_INVALID', 6],
    [JSON.stringify({ ...samplePlan(), format: 2 }), 'PLAN_INVALID', 6],
    [null, 'NOT_FOUND', 10],
  ])('a file that is no plan', async (content, code, exitCode) => {
    if (content === null) rmSync(planFile)
    else writeFileSync(planFile, content)
    const finished = await apply(applied, ['--confirm', 'x', '--json'])
    expect([finished.document().error?.code, finished.exitCode]).toEqual([code, exitCode])
    expect(finished.application.calls).toEqual([])
  })
})

describe('backups delete', () => {
  const answers: Answers = {
    'backups.delete': ({ confirm }) => {
      if (confirm !== 'shop')
        throw new AppError('CONFIRMATION_MISSING', 'It is the last proven backup.', { remedy: 'Type shop.' })
      return { deleted: sampleBackup().id, bytes: 10 }
    },
  }
  it('asks on a terminal only when the application wants to hear it', async () => {
    const asked = await runCommand(['backups', 'delete', 'b'], answers, { typed: ['shop'] })
    expect([asked.exitCode, asked.stderr]).toEqual([0, 'It is the last proven backup.\nType shop.\n'])
    const left = await runCommand(['backups', 'delete', 'b'], answers, { typed: [''] })
    expect([left.exitCode, left.application.calls.length]).toEqual([6, 1])
    expect((await runCommand(['backups', 'delete', 'b'], answers)).exitCode).toBe(6)
  })
})
