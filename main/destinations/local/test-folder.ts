import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { OpenDestination } from '../destination.ts'

/**
 * Writes a small object below `root`, reads it back and removes it.
 * Answers a warning where other users of this machine can read the folder.
 */
export async function testFolder(
  destination: OpenDestination,
  root: string,
  token: string,
  signal: AbortSignal,
): Promise<readonly Warning[]> {
  const name = `holdfast-test-${token}`
  const content = Buffer.from(`Holdfast wrote this to test the destination. ${token}`)
  signal.throwIfAborted()
  const writer = await destination.create(name, { runId: token })
  try {
    await pipeline(Readable.from([content]), writer.stream, { signal })
    await writer.commit(() => signal.throwIfAborted())
  } catch (error) {
    await writer.abort()
    signal.throwIfAborted()
    throw error
  }
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of await destination.read(name)) chunks.push(chunk as Uint8Array)
    if (!Buffer.concat(chunks).equals(content)) {
      throw new AppError('DESTINATION_FAILED', 'The destination gives back other bytes than were written.', {
        detail: destination.locate(name),
        remedy: 'Check the drive. Do not keep backups there.',
      })
    }
  } finally {
    await destination.remove(name)
  }
  return readableByOthers(root)
}

async function readableByOthers(root: string): Promise<readonly Warning[]> {
  // Windows keeps access in lists, of which the mode bits say nothing.
  if (process.platform === 'win32') {
    const message = `Who else can read ${root} was not checked: Windows keeps that in access lists. Its folder properties show it.`
    return [{ code: 'FOLDER_ACCESS_NOT_CHECKED', message }]
  }
  const mode = (await stat(root)).mode & 0o777
  if ((mode & 0o055) === 0) return []
  const who = (mode & 0o005) === 0 ? 'The group of the folder' : 'Every user of this machine'
  return [
    {
      code: 'FOLDER_READABLE_BY_OTHERS',
      message: `${who} can look into ${root} (mode ${mode.toString(8)}). Backups there are files of mode 0600; their names are visible. "chmod 700" closes the folder.`,
    },
  ]
}
