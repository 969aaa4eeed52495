import { z } from 'zod'

/** How grave a finding is: with an error the file is neither taken in nor restored. */
export const FindingSeverity = z.enum(['error', 'warning', 'info'])

/** Something in a script that may do harm, or cannot be restored. */
export const ScriptFinding = z.object({
  code: z.string(),
  severity: FindingSeverity,
  /** One sentence, with the line in the file where there is one. */
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
})
export type ScriptFinding = z.infer<typeof ScriptFinding>

/** What `holdfast lint` says about a file. */
export const LintReport = z.object({
  /** Id of the recognised format: `plain` for SQL scripts. */
  format: z.string(),
  findings: z.array(ScriptFinding),
})
export type LintReport = z.infer<typeof LintReport>
