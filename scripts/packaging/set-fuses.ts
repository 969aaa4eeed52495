import { join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion, type FuseV1Config } from '@electron/fuses'

/** What the packaged application allows. A fuse that a newer Electron adds breaks the build until it stands here. */
const fuses: FuseV1Config = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
}

const extensions: Readonly<Record<string, string>> = { darwin: '.app', mas: '.app', win32: '.exe' }

/** What the hook reads of the builder's context. */
interface Packed {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: {
    readonly appInfo: { readonly productFilename: string }
    /** Only Linux has a name of its own for the program. */
    readonly executableName?: string
  }
}

/** The builder's `afterPack` hook: sets the fuses of the packaged Electron, before it is signed. */
export default async function setFuses({ appOutDir, electronPlatformName, packager }: Packed): Promise<void> {
  const name = packager.executableName ?? packager.appInfo.productFilename
  await flipFuses(join(appOutDir, name + (extensions[electronPlatformName] ?? '')), fuses)
}
