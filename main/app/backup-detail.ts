import type { BackupDetail } from '../../preload/contract/index.ts'
import { toSummary, type BackupEntry, type Catalog } from '../catalog/catalog.ts'
import type { Manifest } from '../artifact/manifest.ts'
import { parseManifest } from '../artifact/manifest-file.ts'

/** A backup with all that the catalog knows of it. */
export function backupDetail(catalog: Catalog, entry: BackupEntry): BackupDetail {
  const contents = [...(catalog.backups.contents(entry.id) ?? [])]
  const stored = catalog.backups.manifest(entry.id)
  const manifest = stored === null ? null : parseManifest(Buffer.from(stored, 'utf8'))
  return {
    ...toSummary(entry),
    connectionId: entry.connectionId,
    takenWith: manifest === null ? null : takenWith(manifest),
    error: entry.error,
    selection: manifest?.selection ?? null,
    needs: manifest?.needs ?? [],
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
    restoreByHand: manifest?.restoreByHand ?? [],
  }
}

function takenWith({ tools, server }: Pick<Manifest, 'tools' | 'server'>): string {
  const used = tools.length === 0 ? [{ name: server.product, version: server.version }] : tools
  return used.map(({ name, version }) => `${name} ${version}`).join(', ')
}
