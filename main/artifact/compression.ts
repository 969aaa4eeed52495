import { PassThrough, type Transform } from 'node:stream'
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib'
import type { Compression } from '../../preload/contract/index.ts'
import { AppError } from '../../preload/contract/index.ts'

/** Output of the codecs comes in pieces of this size: fewer trips between threads, about a third faster than the default. */
const codecChunkBytes = 1024 * 1024
/** Windows above this are refused when decoding: 2^26 bytes. What is written here never needs more than 2^23. */
const maximumWindowLog = 26

/** Extension of the compressed artifact, with its dot; empty for `none`. */
export function compressionExtension(compression: Compression): string {
  return { zstd: '.zst', gzip: '.gz', none: '' }[compression.name]
}

/** `compression` itself when name and level fit together; `USAGE` otherwise. */
export function checkCompression(compression: Compression): Compression {
  const [lowest, highest] = { zstd: [1, 19] as const, gzip: [1, 9] as const, none: [null, null] as const }[
    compression.name
  ]
  const { level } = compression
  const isRight = lowest === null ? level === null : level !== null && level >= lowest && level <= highest
  if (isRight) return compression
  const remedy =
    lowest === null ? 'Give no level with none.' : `Levels of ${compression.name} are ${lowest} to ${highest}.`
  throw new AppError('USAGE', `The compression ${compression.name} has no level ${level ?? '(none)'}.`, { remedy })
}

/**
 * One zstd frame with its content checksum, one gzip member, or the bytes as they are.
 * Never `nbWorkers`: streams break with it (https://github.com/nodejs/node/issues/59899).
 */
export function createCompressor(compression: Compression): Transform {
  const { name, level } = checkCompression(compression)
  switch (name) {
    case 'zstd':
      return createZstdCompress({
        chunkSize: codecChunkBytes,
        params: { [constants.ZSTD_c_compressionLevel]: level ?? 3, [constants.ZSTD_c_checksumFlag]: 1 },
      })
    case 'gzip':
      return createGzip({ chunkSize: codecChunkBytes, level: level ?? 6 })
    case 'none':
      return new PassThrough({ highWaterMark: codecChunkBytes })
  }
}

/** The way back; null where there is nothing to undo. */
export function createDecompressor(name: Compression['name']): Transform | null {
  switch (name) {
    case 'zstd':
      return createZstdDecompress({
        chunkSize: codecChunkBytes,
        params: { [constants.ZSTD_d_windowLogMax]: maximumWindowLog },
      })
    case 'gzip':
      return createGunzip({ chunkSize: codecChunkBytes })
    case 'none':
      return null
  }
}
