import type { ArchiveContents } from '../../preload/contract/index.ts'

/** All readable definitions of a manifest together, as JSON. */
const limitBytes = 4 * 1024 * 1024

/**
 * The same contents, without readable definitions where these are too many for a manifest: then a comparison reads them out of the
 * archive, and until then there are their digests. Says so among what isn't covered. Pure.
 */
export function boundStructure(contents: ArchiveContents, mostBytes = limitBytes): ArchiveContents {
  let bytes = 0
  for (const { structure } of contents.objects) {
    if (structure !== undefined) bytes += Buffer.byteLength(JSON.stringify(structure))
    if (bytes > mostBytes) break
  }
  if (bytes <= mostBytes) return contents
  const objects = contents.objects.map(({ structure: _structure, ...object }) => object)
  const megabytes = String(Math.round(mostBytes / 1024 / 1024))
  const why = `more than ${megabytes} MiB: the manifest has their digests; what differs is read out of the archive`
  return { ...contents, objects, notCovered: [...contents.notCovered, { object: 'texts of definitions', why }] }
}
