import type { BackupDetail } from '../../preload/contract/index.ts'
import { toSummary, type BackupEntry, type Catalog } from '../catalog/catalog.ts'
import type { Manifest } from '../artifact/manifest.ts'
import { parseManifest } from '../artifact/manifest-file.ts'

/** A backup with all that the catalog knows of it. */
export function backupDetail(catalog: Catalog, entry: BackupEntry): BackupDetail {
  // Before the contents: only a few lines are wanted of a text of many megabytes, which is then out of the way.
  const said = saidByManifest(catalog, entry)
  const contents = [...(catalog.backups.contents(entry.id) ?? [])]
  return {
    ...toSummary(entry),
    connectionId: entry.connectionId,
    ...said,
    error: entry.error,
    objects: contents.map(({ displayName, kind, rows, fingerprint }) => ({
      name: displayName,
      kind,
      rows,
      fingerprint: fingerprint?.sum ?? null,
    })),
    contents,
    validations: catalog.validations
      .list(entry.id)
      .map(({ level, outcome, finishedAt, checks }) => ({ level, outcome, finishedAt, checks: [...checks] })),
  }
}

type Said = Pick<BackupDetail, 'takenWith' | 'selection' | 'needs' | 'restoreByHand'>

function saidByManifest(catalog: Catalog, entry: BackupEntry): Said {
  const stored = catalog.backups.manifest(entry.id)
  if (stored === null) return { takenWith: null, selection: null, needs: [], restoreByHand: [] }
  const manifest = parseManifest(Buffer.from(stored, 'utf8'))
  const { selection = null, needs = [], restoreByHand } = manifest
  return { takenWith: takenWith(manifest), selection, needs, restoreByHand }
}

function takenWith({ tools, server }: Pick<Manifest, 'tools' | 'server'>): string {
  const used = tools.length === 0 ? [{ name: server.product, version: server.version }] : tools
  return used.map(({ name, version }) => `${name} ${version}`).join(', ')
}
