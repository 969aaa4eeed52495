import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCodes, exitCodeOf } from '../../preload/contract/index.ts'
import { exitCodeMeanings, referencePage } from './reference.ts'
import { troubleshootingPage } from './troubleshooting.ts'
import { appVersion } from '../app/version.ts'

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('docs/cli.md', () => {
  it('is what the definitions say; otherwise: node main/cli/write-reference.ts', () => {
    expect(file('docs/cli.md')).toBe(referencePage())
  })
  it('explains every exit code', () => {
    for (const code of errorCodes) expect(exitCodeMeanings[exitCodeOf(code)], code).toBeDefined()
  })
})

describe('docs/troubleshooting.md', () => {
  it('has an entry for every error code, as the contract says it', () => {
    expect(file('docs/troubleshooting.md')).toBe(troubleshootingPage())
    for (const code of errorCodes) expect(file('docs/troubleshooting.md')).toContain(`\n## ${code}\n`)
  })
})

describe('the version', () => {
  it('is that of the package', () => {
    expect(JSON.parse(file('package.json'))).toMatchObject({ version: appVersion })
  })
})
