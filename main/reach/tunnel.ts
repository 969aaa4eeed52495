import type { AppError, SshReach } from '../../preload/contract/index.ts'

/** The far end of a tunnel: an SSH server, and the address that it is to connect to. */
export interface TunnelTarget {
  readonly ssh: SshReach
  /** As the SSH server knows it. */
  readonly host: string
  readonly port: number
}

/** A port on loopback whose connections come out at a server behind an SSH server. */
export interface Tunnel {
  /** `user@host:port` of the SSH server, for people. */
  readonly via: string
  /** The loopback port; null while nothing is open. */
  readonly port: number | null
  /** Why the last connection through it failed, where the way itself is to blame; null otherwise. */
  readonly failure: AppError | null
  /**
   * Logs in to the SSH server where that isn't done yet, or was cut off. Answers the loopback port.
   * `UNREACHABLE`, `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED`, `AUTHENTICATION_FAILED`.
   */
  open(signal: AbortSignal): Promise<number>
  /** Cuts off what goes through it. May be opened again. Never throws. */
  close(): void
}
