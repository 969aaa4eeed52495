import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Secret } from '../../destination.ts'
import { destinationOfType } from '../../registry.ts'

/**
 * Stores one object of `sizeBytes` as a backup would, and prints what came of it as JSON. Run as a program of its own: under
 * another user, or traced.
 * Arguments: folder, name, sizeBytes.
 */
const [folder = '', name = '', size = '0'] = process.argv.slice(2)
const destination = destinationOfType('local').open({ path: folder }, Secret.none())

function print(value: unknown): void {
  process.stdout.write(JSON.stringify(value))
}

try {
  const writer = await destination.create(name, { runId: '01JB0000000000000000000001' })
  try {
    await pipeline(Readable.from([Buffer.alloc(Number(size), 7)]), writer.stream)
    print(await writer.commit(() => undefined))
  } catch (error) {
    await writer.abort()
    throw error
  }
} catch (error) {
  print({ code: error instanceof Error && 'code' in error ? error.code : String(error) })
}
