import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError, RestorePlan } from '../../preload/contract/index.ts'

/** Throws `ALREADY_EXISTS` where `path` is something else than a plan: an older plan may be replaced, nothing else. */
export async function assertPlanFileFree(path: string): Promise<void> {
  const content = await contentOf(path)
  if (content === null || parsePlan(content) !== null) return
  throw new AppError('ALREADY_EXISTS', `${path} exists and is not a restore plan; it is left as it is.`, {
    remedy: 'Name another file with -o.',
  })
}

/** Writes the plan as one JSON document, readable by its owner alone; the file is whole or not there. */
export async function writePlanFile(path: string, plan: RestorePlan): Promise<void> {
  await assertPlanFileFree(path)
  const target = resolve(path)
  const aside = join(dirname(target), `.plan-${randomUUID()}`)
  try {
    const file = await open(aside, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(plan, null, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, target)
  } catch (error) {
    await rm(aside, { force: true })
    throw new AppError('FAILED', `The plan could not be written to ${path}.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Name a file in a folder that exists and that you may write to.',
      cause: error,
    })
  }
}

/** The plan that a file holds. Throws `NOT_FOUND` without a file and `PLAN_INVALID` where it holds no plan. */
export async function readPlanFile(path: string): Promise<RestorePlan> {
  const content = await contentOf(path)
  if (content === null) {
    throw new AppError('NOT_FOUND', `There is no plan at ${path}.`, {
      remedy: 'Make one: holdfast restore plan <backup> -o plan.json',
    })
  }
  const plan = parsePlan(content)
  if (plan !== null) return plan
  throw new AppError('PLAN_INVALID', `${path} is not a restore plan of this version.`, {
    remedy: 'Make a new one: holdfast restore plan <backup> -o plan.json',
  })
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new AppError('USAGE', `${path} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Name a file that you may read.',
      cause: error,
    })
  }
}

function parsePlan(content: string): RestorePlan | null {
  let document: unknown
  try {
    document = JSON.parse(content)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const parsed = RestorePlan.safeParse(document)
  return parsed.success ? parsed.data : null
}
