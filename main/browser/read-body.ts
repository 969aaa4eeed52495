import type { IncomingMessage } from 'node:http'
import type { Refusal } from './gate.ts'

/** What a body may be. */
export interface BodyLimits {
  readonly maxBytes: number
  /** For the whole body, however slowly it comes. */
  readonly timeoutMs: number
}

interface Refused extends Refusal {
  readonly ok: false
}

/** A body, or why it is not read further. */
export type Body = { readonly ok: true; readonly value: unknown } | Refused

/** Reads a JSON body. Holds at most `maxBytes` of it, for at most `timeoutMs`. Never throws for what was sent. */
export async function readJsonBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json(;\s*charset="?utf-8"?)?$/i.test(type)) {
    return refused(415, 'The body must be application/json.')
  }
  if (request.headers['content-encoding'] !== undefined) return refused(415, 'The body must not be compressed.')
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return tooLarge
  const raw: Buffer | Refused = await readRaw(request, limits)
  if (!Buffer.isBuffer(raw)) return raw
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw)
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return refused(400, 'The body is not valid JSON.')
    throw error
  }
}

const tooLarge = refused(413, 'The body is too large.')

function refused(status: number, message: string): Refused {
  return { ok: false, status, message }
}

function readRaw(request: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer | Refused> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (result: Buffer | Refused) => {
      clearTimeout(timer)
      request.removeAllListeners('data').pause()
      resolve(result)
    }
    const timer = setTimeout(() => settle(refused(408, 'The body did not come in time.')), timeoutMs)
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) settle(tooLarge)
      else chunks.push(chunk)
    })
    request.once('end', () => settle(Buffer.concat(chunks)))
    for (const event of ['aborted', 'error', 'close'] as const) {
      request.once(event, () => settle(refused(400, 'The body ended early.')))
    }
  })
}
