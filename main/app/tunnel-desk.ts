import { createTunnel } from '../reach/ssh-tunnel.ts'
import type { Tunnel, TunnelTarget } from '../reach/tunnel.ts'
import type { Secret } from '../secrets/secret.ts'

/** The tunnels of one job or call: one per connection, opened by whoever needs it first. */
export class TunnelDesk {
  readonly #tunnels = new Map<string, Tunnel>()

  readonly of = (connectionId: string, target: TunnelTarget, secret: Secret): Tunnel => {
    const known = this.#tunnels.get(connectionId)
    if (known !== undefined) return known
    const tunnel = createTunnel(target, secret)
    this.#tunnels.set(connectionId, tunnel)
    return tunnel
  }

  /** Cuts off all of them. */
  close(): void {
    for (const tunnel of this.#tunnels.values()) tunnel.close()
    this.#tunnels.clear()
  }
}
