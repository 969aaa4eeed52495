import { findByJob, killTree } from '../../tools/job-processes.ts'
import { bootId, hostName, identityOf, isAlive } from '../../tools/process-probe.ts'
import type { ProcessProbe } from '../process-probe.ts'
import type { Redactor } from '../redactor.ts'

/** The real probe. */
export const testProbe: ProcessProbe = { hostName, bootId, identityOf, isAlive, findByJob, kill: killTree }

/** Removes what was registered, and nothing else. */
export function makeTestRedactor(): Redactor {
  const secrets = new Set<string>()
  return {
    redact: (text) => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
    register: (secret) => void secrets.add(secret),
  }
}
