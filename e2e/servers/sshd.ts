import { afterAll, beforeAll } from 'vitest'
import { findProgram, installHint } from './installed.ts'
import { requireForEach } from './missing.ts'
import { startSshd, type SshdOptions, type SshServer } from './sshd-server.ts'

/**
 * One SSH server for the test file or `describe` block that calls this, started before its tests and stopped after them.
 * Where sshd isn't installed the tests are skipped with the reason. Call the result inside a test.
 */
export function useSshd(options: SshdOptions = {}): () => SshServer {
  const isMissing = findProgram('sshd') === null
  requireForEach(isMissing ? `openssh-server not installed; ${installHint}` : null)
  let server: SshServer | null = null
  if (!isMissing) {
    beforeAll(async () => {
      server = await startSshd(options)
    })
    afterAll(() => server?.stop())
  }
  return () => {
    if (server === null) throw new Error('The server runs only while tests run: call this inside a test.')
    return server
  }
}
