import { relative } from 'node:path'
import type { Reporter, TestModule, TestSuite } from 'vitest/node'
import { root } from '../build-steps/project.ts'
import type { Skip, Tally } from './tally.ts'

/** Counts what vitest ran. A file or block that breaks outside its tests, and an error outside any test, is a failure. */
export class Collector implements Reporter {
  #tally: Tally = { passed: 0, failed: ['no test ran'], skipped: [] }

  get tally(): Tally {
    return this.#tally
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly { readonly message: string }[]): void {
    const failed = unhandledErrors.map(({ message }) => `outside any test: ${message}`)
    const skipped: Skip[] = []
    let passed = 0
    for (const module of modules) {
      const file = relative(root, module.moduleId)
      const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0)
      failed.push(
        ...broken.map((part) => `${file}${part === module ? '' : ` > ${(part as TestSuite).fullName}`}: setup`),
      )
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`
        const result = test.result()
        if (result.state === 'passed') passed += 1
        else if (result.state === 'skipped') skipped.push({ test: name, reason: result.note ?? 'no reason given' })
        else failed.push(name)
      }
    }
    const isNothing = passed + failed.length + skipped.length === 0
    this.#tally = { passed, failed: isNothing ? ['no test ran'] : failed, skipped }
  }
}
