import type { BackupDetail } from '../../preload/contract/index.ts'
import { toSummary, type BackupEntry, type Catalog } from '../catalog/catalog.ts'
import { parseManifest } from '../artifact/manifest-file.ts'

/** A backup with all that the catalog knows of it. */
export function backupDetail(catalog: Catalog, entry: BackupEntry): BackupDetail {
  const contents = [...(catalog.backups.contents(entry.id) ?? [])]
  const manifest = catalog.backups.manifest(entry.id)
  return {
    ...toSummary(entry),
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
    restoreByHand: manifest === null ? [] : parseManifest(Buffer.from(manifest, 'utf8')).restoreByHand,
  }
}
