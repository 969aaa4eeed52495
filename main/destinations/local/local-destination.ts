import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { Destination } from '../destination.ts'
import { LocalFolder } from './local-folder.ts'

const LocalSettings = z.object({
  /** Absolute path of an existing folder. */
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => isAbsolute(path), 'must be an absolute path')
    .refine((path) => !path.includes('\0'), 'must not contain a NUL character'),
})
export type LocalSettings = z.infer<typeof LocalSettings>

/** A folder of this machine, on a drive or a network share that the operating system mounted. */
export const localDestination: Destination<LocalSettings> = {
  type: 'local',
  label: 'Folder',
  settingsSchema: LocalSettings,
  settingsPaths: ['path'],
  isLocal: true,
  open: (access) => new LocalFolder(access.settings.path),
}
