import { z } from 'zod'
import { Reference } from './ids.ts'

const url = z
  .url({ protocol: /^https?$/ })
  // It would stand in the catalog in the open.
  .refine((text) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text), 'must not contain a user name or password')
const isProgram = (text: string | undefined) => text !== undefined && /^(\/|[a-z]:[\\/]|[^/\\]+$)/i.test(text)
const argv = z
  .array(z.string().refine((text) => !text.includes('\0'), 'must not contain a NUL character'))
  .min(1)
  .max(200)
  .refine(([program]) => isProgram(program), 'must begin with an absolute path, or with the name of a program in PATH')

/** What a hook does: a program (no shell), statements in the connection's database, or a request. */
export const HookAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), argv, allowedExitCodes: z.array(z.number().int()).default([0]) }),
  z.object({
    kind: z.literal('sql'),
    sql: z.string().min(1).max(100_000),
    database: z.string().nullable().default(null),
  }),
  z.object({
    kind: z.literal('url'),
    url,
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).default('GET'),
    /** Empty: any of 200 to 299. */
    expectedStatus: z.array(z.number().int()).default([]),
  }),
])
export type HookAction = z.infer<typeof HookAction>

/** One entry of a connection's ordered list. */
export const Hook = z.object({
  name: z.string().min(1).max(120),
  on: z.enum(['backup', 'restore']),
  /** A `before` that fails stops the job with nothing touched. `after-always` runs also after a failure or a crash. */
  phase: z.enum(['before', 'after-success', 'after-always']),
  action: HookAction,
  timeoutSeconds: z.number().positive().max(3600).default(60),
})
export type Hook = z.infer<typeof Hook>

/** What a query's first field must be: a text, NULL, or what it was when the backup was taken. */
export const Expected = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.string().nullable() }),
  z.object({ kind: z.literal('as-at-backup') }),
])
export type Expected = z.infer<typeof Expected>

/** Asked of every database that was restored, besides the comparison: each a row in `checks`. */
export const RestoreCheck = z.object({
  name: z.string().min(1).max(120),
  test: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('query'),
      sql: z.string().min(1).max(100_000),
      expected: Expected,
      /** A connection whose account asks; null: the target's own. */
      account: Reference.nullable().default(null),
    }),
    z.object({
      kind: z.literal('url'),
      url,
      expectedStatus: z.array(z.number().int()).default([]),
      /** For so long it is tried again. */
      retrySeconds: z.number().nonnegative().max(3600).default(0),
    }),
    z.object({ kind: z.literal('command'), argv, allowedExitCodes: z.array(z.number().int()).default([0]) }),
  ]),
  timeoutSeconds: z.number().positive().max(3600).default(60),
})
export type RestoreCheck = z.infer<typeof RestoreCheck>
