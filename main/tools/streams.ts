import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../preload/contract/index.ts'

/**
 * Moves everything from a tool's output to `sink`, as fast as `sink` takes it, and does not end `sink`.
 * Rejects with the sink's error. Without a sink the output is dropped.
 */
export function pour(source: Readable, sink: Writable | null, onBytes: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => source.resume()
    const onError = (error: Error) => settle(error)
    const onSinkClose = () => settle(sink?.errored ?? closedEarly())
    const settle = (error: Error | null) => {
      sink?.off('drain', onDrain).off('error', onError).off('close', onSinkClose)
      if (error === null) resolve()
      else reject(error)
    }
    if (sink !== null) {
      if (sink.destroyed) {
        settle(sink.errored ?? closedEarly())
        return
      }
      sink.on('drain', onDrain).on('error', onError).on('close', onSinkClose)
    }
    source.on('data', (chunk: Buffer) => {
      onBytes(chunk.length)
      if (sink !== null && !sink.write(chunk)) source.pause()
    })
    source.once('end', () => settle(null))
    source.once('error', settle)
  })
}

/**
 * Moves everything from `source` to a tool's input and ends it. A tool that closes its input early is no failure here
 * (its exit decides): the rest of the source is read and dropped, or left where `isHeadEnough`.
 * Rejects with the source's error, before the input was ended.
 */
export async function feed(
  source: AsyncIterable<Uint8Array>,
  stdin: Writable,
  isHeadEnough: boolean,
  onBytes: (totalBytes: number) => void,
): Promise<void> {
  let isClosed = false
  let wake: () => void = () => undefined
  const onClosed = () => {
    isClosed = true
    wake()
  }
  stdin.on('error', onClosed)
  stdin.on('close', onClosed)
  stdin.on('drain', () => wake())
  let totalBytes = 0
  for await (const chunk of source) {
    totalBytes += chunk.length
    onBytes(totalBytes)
    if (isClosed && isHeadEnough) return
    if (isClosed || stdin.write(chunk)) continue
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    if (!isClosed) await promise
  }
  if (!isClosed) stdin.end()
}

function closedEarly(): AppError {
  return new AppError('FAILED', 'The receiver of the data closed early.')
}
