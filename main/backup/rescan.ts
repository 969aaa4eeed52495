import { z } from 'zod'
import { DestinationId, toAppError, type RescanResult } from '../../preload/contract/index.ts'
import { artifactNameOf, manifestNameOf } from '../artifact/manifest-file.ts'
import type { OpenDestination } from '../destinations/destination.ts'
import type { JobContext } from '../engines/engine.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'
import { adopt, checkFound, readFound } from './adopt.ts'

export const RescanWork = z.object({ destinationId: DestinationId })
export type RescanWork = z.infer<typeof RescanWork>

/**
 * Reads all that lies at a destination and brings what the catalog doesn't know into it, each after its checksum was
 * checked. What has no partner (artifact without manifest, manifest without or with a damaged artifact) is listed.
 * Nothing is deleted anywhere.
 */
export async function rescan(bench: Workbench, work: RescanWork, context: JobContext): Promise<RescanResult> {
  const row = bench.catalog.destinations.get(work.destinationId)
  const destination = openDestination(bench, row)
  const names = await allNames(destination, context)
  const orphans: { location: string; why: string }[] = []
  let found = 0
  let added = 0
  for (const name of names) {
    context.signal.throwIfAborted()
    context.report({ stage: 'check', item: name })
    const artifact = artifactNameOf(name)
    if (artifact === null) {
      if (!names.has(manifestNameOf(name)))
        orphans.push({ location: destination.locate(name), why: 'no manifest beside it' })
      continue
    }
    found += 1
    try {
      const backup = await readFound(bench, destination, name)
      const known = bench.catalog.backups
        .find(backup.manifest.id)
        ?.copies.some((copy) => copy.destinationId === row.id && copy.object === artifact && copy.state === 'stored')
      if (known === true && names.has(artifact)) continue
      const failed = (await checkFound(destination, backup, context.signal)).find((check) => check.outcome !== 'passed')
      if (failed !== undefined)
        orphans.push({ location: destination.locate(name), why: `${failed.name}: ${failed.detail ?? failed.outcome}` })
      else if (await adopt(bench, row, destination, backup)) added += 1
    } catch (error) {
      context.signal.throwIfAborted()
      const failure = toAppError(error)
      if (failure.code === 'INTERNAL') throw failure
      // What reads it is worth knowing; for the others the location says where to look.
      const remedy = failure.code === 'MANIFEST_TOO_NEW' ? ` ${failure.remedy ?? ''}` : ''
      orphans.push({ location: destination.locate(name), why: `${failure.message}${remedy}` })
    }
  }
  return { found, added, orphans }
}

async function allNames(destination: OpenDestination, context: JobContext): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for await (const object of destination.list('')) {
    context.signal.throwIfAborted()
    names.add(object.name)
  }
  return names
}
