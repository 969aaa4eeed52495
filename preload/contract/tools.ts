import { z } from 'zod'
import { PathInput } from './paths.ts'

/** The vendors' programs of this machine: where they are looked for, and what is there. */
export const ToolsReport = z.object({
  /** Who says where to look: the environment (`HOLDFAST_TOOLS_PATH`), this installation's settings, or nobody. */
  from: z.enum(['environment', 'settings', 'search']),
  /** The folders that were set, in their order; empty where PATH and the usual folders are searched. */
  folders: z.array(z.string()),
  /** What this installation's settings say, also while the environment overrules them. */
  saved: z.array(z.string()),
  tools: z.array(
    z.object({
      name: z.string(),
      found: z.array(z.object({ path: z.string(), version: z.string(), flavour: z.string() })),
      /** Files of that name which can't be used, each with a sentence why. */
      rejected: z.array(z.object({ path: z.string(), why: z.string() })),
    }),
  ),
})
export type ToolsReport = z.infer<typeof ToolsReport>

/** Folders in which alone programs are looked for from now on; empty: PATH and the usual folders again. */
export const ToolFolders = z.object({ folders: z.array(PathInput).max(20) })
export type ToolFolders = z.infer<typeof ToolFolders>
