import setFuses from './set-fuses.ts'

/** What the hook reads of the builder's context besides what the fuses need. */
type Packed = Parameters<typeof setFuses>[0] & {
  /** The builder's number of an architecture. */
  readonly arch: number
}

/** The builder's numbers, by the names of Node.js. */
const architectures: Readonly<Record<string, number>> = { ia32: 0, x64: 1, arm: 2, arm64: 3 }

/**
 * The builder's `afterPack` hook. The package carries the Node.js of the machine that builds it, so it can only be
 * built for that platform and architecture: throws for any other. Then sets the fuses.
 */
export async function afterPack(packed: Packed): Promise<void> {
  const { electronPlatformName, arch } = packed
  if (electronPlatformName !== process.platform || arch !== architectures[process.arch]) {
    throw new Error(
      `The command line inside would not run: its Node.js is for ${process.platform}-${process.arch}. Package on the platform that it is for.`,
    )
  }
  await setFuses(packed)
}
