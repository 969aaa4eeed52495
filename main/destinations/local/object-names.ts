import { AppError } from '../../../preload/contract/index.ts'

/** Names that Windows reserves for devices, with or without an extension. */
const windowsDevice = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i
/** Characters that one of the supported platforms forbids in file names, control characters among them. */
// eslint-disable-next-line no-control-regex -- control characters are what is refused here
const forbidden = /[\u0000-\u001f\u007f<>:"\\|?*]/
/** Bytes of a file name on every usual file system. */
const maxNameBytes = 255
const partial = /^\..*\.partial$/

/** Why `part` cannot be a file name of an object; null where it can. */
function faultOf(part: string): string | null {
  if (part === '') return 'a part of it is empty, or it is absolute'
  if (part === '.' || part === '..') return 'it points to another folder'
  if (forbidden.test(part)) return 'it has a character that is forbidden on a supported platform'
  if (/[. ]$/.test(part) || part.startsWith(' ')) return 'a part of it begins with a space or ends with a space or dot'
  if (windowsDevice.test(part)) return 'a part of it is reserved by Windows'
  if (Buffer.byteLength(part) > maxNameBytes) return `a part of it is longer than ${maxNameBytes} bytes`
  return partial.test(part) ? 'it looks like an object that is still being written' : null
}

/**
 * The parts of an object's name. Refuses whatever would leave the destination's folder or cannot be a file name on one of
 * the supported platforms, so that a folder of backups can be carried from one to the other.
 */
export function objectNameParts(name: string): readonly string[] {
  const parts = name.split('/')
  for (const part of parts) {
    const fault = faultOf(part)
    if (fault === null) continue
    throw new AppError('DESTINATION_FAILED', 'The name of an object cannot be used at this destination.', {
      detail: `${JSON.stringify(name)}: ${fault}`,
      remedy: 'Names are relative, separated by "/", without "..", control characters and what Windows forbids.',
    })
  }
  return parts
}

/** Whether an object could have `name`. */
export function isObjectName(name: string): boolean {
  return name.split('/').every((part) => faultOf(part) === null)
}

/** The file name under which `fileName` is written until it is complete: at most 255 bytes, ends with the run and `.partial`. */
export function partialName(fileName: string, runId: string): string {
  const end = partialEnding(runId)
  const room = maxNameBytes - 1 - Buffer.byteLength(end)
  let kept = ''
  let bytes = 0
  for (const character of fileName) {
    bytes += Buffer.byteLength(character)
    if (bytes > room) break
    kept += character
  }
  return `.${kept}${end}`
}

/** How the names of all partial objects of a run end. */
export function partialEnding(runId: string): string {
  if (!/^[0-9A-Za-z]{1,64}$/.test(runId))
    throw new AppError('INTERNAL', 'The id of a run has an unexpected form.', { detail: runId })
  return `.${runId}.partial`
}
