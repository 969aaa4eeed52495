import type { KeychainDriver } from './keychain.ts'

/** A keychain in memory, whose behaviour a test can change. */
export class MemoryKeychain implements KeychainDriver {
  readonly entries = new Map<string, string>()
  /** Called before each request; may throw what a backend says, or never resolve. */
  onRequest: (request: 'get' | 'set' | 'delete') => void | Promise<void> = () => undefined

  async getPassword(service: string, account: string): Promise<string | null> {
    await this.onRequest('get')
    return this.entries.get(`${service} ${account}`) ?? null
  }

  async setPassword(service: string, account: string, password: string): Promise<void> {
    await this.onRequest('set')
    this.entries.set(`${service} ${account}`, password)
  }

  async deletePassword(service: string, account: string): Promise<boolean> {
    await this.onRequest('delete')
    return this.entries.delete(`${service} ${account}`)
  }
}
