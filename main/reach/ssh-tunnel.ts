import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { AppError } from '../../preload/contract/index.ts'
import type { Secret } from '../secrets/secret.ts'
import { explainForwardFailure, tunnelBroke, type SshPlace } from './errors.ts'
import { describeSsh, openSsh, type SshSession } from './ssh-connection.ts'
import type { Tunnel, TunnelTarget } from './tunnel.ts'

const loopback = '127.0.0.1'

/** A tunnel that isn't open yet: nothing is connected and nothing listens before `open`. It keeps no process alive. */
export function createTunnel(target: TunnelTarget, secret: Secret): Tunnel {
  return new SshTunnel(target, secret)
}

class SshTunnel implements Tunnel {
  readonly via: string
  readonly #target: TunnelTarget
  readonly #secret: Secret
  readonly #place: SshPlace
  readonly #local = new Set<Socket>()
  #server: Server | null = null
  #session: SshSession | null = null
  #opening: Promise<number> | null = null
  #failure: AppError | null = null

  constructor(target: TunnelTarget, secret: Secret) {
    this.#target = target
    this.#secret = secret
    this.#place = { server: describeSsh(target.ssh), user: target.ssh.user }
    this.via = `${target.ssh.user}@${this.#place.server}`
  }

  get port(): number | null {
    const address = this.#server?.address() ?? null
    return address === null || typeof address === 'string' ? null : address.port
  }

  get failure(): AppError | null {
    return this.#failure
  }

  async open(signal: AbortSignal): Promise<number> {
    const { port } = this
    if (this.#session !== null && port !== null) {
      this.#failure = null
      return port
    }
    this.#opening ??= this.#openNow(signal).finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  close(): void {
    const session = this.#session
    this.#session = null
    session?.client.end()
    session?.socket.destroy()
    for (const socket of this.#local) socket.destroy()
    this.#server?.close()
    this.#server = null
  }

  async #openNow(signal: AbortSignal): Promise<number> {
    this.#failure = null
    const session = await openSsh({ reach: this.#target.ssh, secret: this.#secret }, signal)
    this.#session = session
    let said: string | null = null
    session.client.on('error', (error) => {
      said = error.message
    })
    session.client.once('close', () => {
      if (this.#session !== session) return
      this.#session = null
      this.#failure = tunnelBroke(this.#place, said)
      for (const socket of this.#local) socket.destroy()
    })
    session.socket.unref()
    if (this.#server === null) {
      // The other end may be done before this one: an answer after the last question still goes through.
      const server = createServer({ allowHalfOpen: true }, (socket) => this.#forward(socket))
      server.listen(0, loopback)
      await once(server, 'listening')
      server.unref()
      this.#server = server
    }
    const { port } = this
    if (port === null) throw new AppError('INTERNAL', 'The tunnel was closed while it was opened.')
    return port
  }

  #forward(socket: Socket): void {
    this.#local.add(socket)
    socket.once('close', () => this.#local.delete(socket))
    // Its end follows; the failure of the way, where there is one, is known already.
    socket.on('error', () => undefined)
    const session = this.#session
    if (session === null) {
      socket.destroy()
      return
    }
    const { host, port } = this.#target
    session.client.forwardOut(loopback, socket.remotePort ?? 0, host, port, (error, channel) => {
      if (error !== undefined) {
        this.#failure = explainForwardFailure(error, this.#place, describeSsh({ host, port }))
        socket.destroy()
        return
      }
      channel.on('error', () => socket.destroy())
      channel.once('close', () => socket.destroySoon())
      socket.once('close', () => channel.destroy())
      socket.pipe(channel).pipe(socket)
    })
  }
}
