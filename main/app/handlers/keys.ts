import { AppError, type Handlers } from '../../../preload/contract/index.ts'
import { fingerprintOf } from '../../artifact/keys.ts'
import { openContents, parseManifest } from '../../artifact/manifest-file.ts'
import { originOf } from '../../artifact/trust.ts'
import { createKit, kitFilesIn, openKit, verifyKit } from '../../artifact/recovery-kit.ts'
import {
  currentRecipient,
  ensureIdentity,
  identitiesFor,
  importKitKeys,
  knownRecipients,
} from '../../secrets/identities.ts'
import { loadInstallationKeys, loadTrustedKeys } from '../../secrets/installation-keys.ts'
import type { Core } from '../core.ts'

type KeyHandlers = Pick<Handlers, 'keys.status' | 'keys.create' | 'keys.import' | 'keys.verify'>

/** The encryption key and its recovery kit. */
export function keyHandlers(core: Core): KeyHandlers {
  const { catalog, audit, home } = core
  const context = core.secrets.keyContext
  return {
    'keys.status': async () => {
      const recipient = await currentRecipient(home)
      const fingerprint = recipient === null ? null : fingerprintOf(recipient)
      return { fingerprint, recipient, isKitVerified: fingerprint !== null && catalog.meta.verifiedKit === fingerprint }
    },

    'keys.create': async ({ kitDirectory, passphrase }) => {
      const folder = core.paths.resolve(kitDirectory)
      core.redactor.register(passphrase)
      const { identity, recipient } = await ensureIdentity(context)
      const keys = await loadInstallationKeys(context)
      const kit = await createKit(
        folder,
        { identity, recipient, signingSeed: keys.signingSeed, installation: keys.installation },
        passphrase,
        new Date(),
      )
      await verifyKit(kit.key, passphrase, recipient)
      const fingerprint = fingerprintOf(recipient)
      catalog.transaction(() => {
        catalog.meta.setVerifiedKit(fingerprint)
        audit.write({
          action: 'key.kit-created',
          subject: fingerprint,
          outcome: 'done',
          detail: { folder },
        })
      })
      return { fingerprint, kit: kit.folder }
    },

    'keys.import': async ({ kit, passphrase }) => {
      core.redactor.register(passphrase)
      const path = keyFileOf(core.paths.resolve(kit))
      const contents = await openKit(path, passphrase)
      const { recipient } = await importKitKeys(context, contents)
      await verifyKit(path, passphrase, recipient)
      const fingerprint = fingerprintOf(recipient)
      catalog.transaction(() => {
        catalog.meta.setVerifiedKit(fingerprint)
        audit.write({
          action: 'key.imported',
          subject: fingerprint,
          outcome: 'done',
          detail: { installation: contents.installation },
        })
      })
      await learnFromKeys(core)
      return { fingerprint }
    },

    'keys.verify': async ({ kit, passphrase }) => {
      const recipient = await currentRecipient(home)
      if (recipient === null) {
        throw new AppError('KEY_MISSING', 'There is no encryption key yet.', {
          remedy: 'Create one with `holdfast key create`.',
        })
      }
      const fingerprint = fingerprintOf(recipient)
      if (kit === null || passphrase === null) {
        const found = await identitiesFor(context, [recipient])
        return { fingerprint, verified: found.length > 0 }
      }
      core.redactor.register(passphrase)
      await verifyKit(keyFileOf(core.paths.resolve(kit)), passphrase, recipient)
      catalog.transaction(() => {
        catalog.meta.setVerifiedKit(fingerprint)
        audit.write({ action: 'key.verified', subject: fingerprint, outcome: 'done' })
      })
      return { fingerprint, verified: true }
    },
  }
}

/** The key file of a kit that is given by its folder or by that file. */
function keyFileOf(kit: string): string {
  return kit.endsWith('.age') ? kit : kitFilesIn(kit).key
}

/** Opens what was sealed until now, and looks at the origin of every backup that came from elsewhere again. */
async function learnFromKeys(core: Core): Promise<void> {
  const identities = await identitiesFor(core.secrets.keyContext, await knownRecipients(core.home))
  const trusted = await loadTrustedKeys(core.home)
  for (const entry of core.catalog.backups.list()) {
    const text = core.catalog.backups.manifest(entry.id)
    if (text === null || (entry.needsKey === null && entry.origin !== 'unknown')) continue
    const manifest = parseManifest(Buffer.from(text, 'utf8'))
    const origin = manifest.kind === 'import' ? 'unknown' : originOf(manifest, trusted)
    try {
      const contents = await openContents(manifest, identities)
      core.catalog.backups.learn(entry.id, { origin, needsKey: null, contents: contents.archive.objects })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'KEY_MISSING') throw error
      core.catalog.backups.learn(entry.id, { origin, needsKey: entry.needsKey, contents: null })
    }
  }
}
