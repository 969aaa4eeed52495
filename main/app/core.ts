import type { Audit } from '../audit/audit.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { JobRunner } from '../jobs/runner.ts'
import { loadTrustedKeys } from '../secrets/installation-keys.ts'
import type { Workbench } from '../workbench/workbench.ts'
import type { Host } from './host.ts'
import type { PathDesk } from './paths.ts'
import type { PromptDesk } from './prompt-desk.ts'
import { registries } from './registries.ts'
import type { SecretResolver } from './secret-resolver.ts'
import type { TunnelDesk } from './tunnel-desk.ts'
import { appVersion } from './version.ts'

/** What the handlers share. */
export interface Core {
  readonly home: string
  /** The home folder of the person who runs this. */
  readonly userHome: string
  readonly host: Host
  readonly catalog: Catalog
  readonly audit: Audit
  readonly runner: JobRunner
  readonly secrets: SecretResolver
  readonly paths: PathDesk
  readonly prompts: PromptDesk
  readonly redactor: { redact(text: string): string; register(secret: string): void }
}

/**
 * A workbench in this very process: for clean-up, deletion and export, which move no database.
 * Servers behind an SSH server are reached through `tunnels`, which the caller closes.
 */
export async function localWorkbench(
  core: Core,
  readsEncrypted: boolean,
  tunnels: TunnelDesk | null = null,
): Promise<Workbench> {
  return {
    ...registries,
    catalog: core.catalog,
    audit: core.audit,
    home: core.home,
    appVersion,
    installation: core.catalog.installation,
    secrets: await core.secrets.forJob({
      connections: [],
      // One password that can't be had must not keep the rest from being cleaned up.
      optionalConnections: core.catalog.connections.list(),
      destinations: core.catalog.destinations.list(),
      readsEncrypted,
    }),
    trusted: await loadTrustedKeys(core.home),
    ...(tunnels === null ? {} : { tunnel: tunnels.of }),
  }
}
