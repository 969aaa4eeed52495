import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = dirname(import.meta.dirname)
let project: string
let runner: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-run-'))
  mkdirSync(join(project, 'scripts'))
  runner = join(project, 'scripts/run.cjs')
  cpSync(join(root, 'scripts/run.cjs'), runner)
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** Makes `program` the script that the runner starts as `probe`. */
function plant(program: string): void {
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  writeFileSync(join(project, 'scripts/probe.ts'), program)
}

function runProbe(args: readonly string[], input = '') {
  return spawnSync(process.execPath, [runner, 'probe', ...args], { cwd: tmpdir(), encoding: 'utf8', input })
}

describe('a program started through run.cjs', () => {
  it('runs under Node.js 24, with the programs of the packages on its PATH', () => {
    plant('console.log(process.version, process.env.PATH)')
    const { stdout } = runProbe([])
    expect(stdout).toMatch(/^v24\./)
    expect(stdout).toContain(`${join(project, 'node_modules/.bin')}${delimiter}`)
  })

  it('gets its arguments and stdin as they are, in the folder of its caller, and has stdout for itself', () => {
    plant(`import { text } from 'node:stream/consumers'
      process.stdout.write(JSON.stringify([process.argv.slice(2), await text(process.stdin), process.cwd()]))`)
    const args = ['a b', '--x="$HOME"', '', '*']
    const { stdout, stderr } = runProbe(args, 'line\n')
    expect(JSON.parse(stdout)).toEqual([args, 'line\n', tmpdir()])
    expect(stderr).toBe('')
  })

  it('ends with its exit code', () => {
    plant('process.exit(7)')
    expect(runProbe([]).status).toBe(7)
  })

  it('ends with 128 and the number of the signal that killed it', () => {
    plant("process.kill(process.pid, 'SIGKILL')")
    expect(runProbe([]).status).toBe(137)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('receives %s, once', async (signal) => {
    plant(`let count = 0
      process.on('${signal}', () => { count += 1; setTimeout(() => { console.log(count); process.exit(3) }, 200) })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    const child = spawn(process.execPath, [runner, 'probe'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const output = text(child.stdout)
    await once(child.stdout, 'data')
    child.kill(signal)
    await once(child, 'exit')
    expect(child.exitCode).toBe(3)
    expect(await output).toMatch(/1\n$/)
  })
})

describe('run.cjs before the first use', () => {
  it('says what to do where nothing is installed', () => {
    const { status, stderr } = runProbe([])
    expect(status).toBe(1)
    expect(stderr).toBe('The packages are not installed. Run: npm ci\n')
  })

  it('says so when there is no such program', () => {
    plant('')
    const { status, stderr } = spawnSync(process.execPath, [runner, 'no-such'], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toBe('There is no program "no-such".\n')
  })

  it('unpacks Node.js 24, once', () => {
    const bin = join(project, 'node_modules/node/bin')
    mkdirSync(join(project, 'node_modules/.bin'), { recursive: true })
    writeFileSync(join(project, 'scripts/probe.ts'), 'console.log(process.version)')
    const calls = join(project, 'calls')
    const npm = join(project, 'fake/npm')
    mkdirSync(dirname(npm))
    writeFileSync(
      npm,
      `#!/bin/sh\necho "$@" >>'${calls}'\nmkdir -p '${bin}'\nln -s '${process.execPath}' '${bin}/node'\n`,
    )
    chmodSync(npm, 0o755)
    const env = { ...process.env, PATH: `${dirname(npm)}${delimiter}${process.env['PATH'] ?? ''}` }
    for (let time = 1; time <= 2; time += 1) {
      const { stdout, stderr } = spawnSync(process.execPath, [runner, 'probe'], { encoding: 'utf8', env })
      expect(stderr).toBe('')
      expect(stdout).toMatch(/^v24\./)
    }
    expect(existsSync(calls)).toBe(true)
    expect(readFileSync(calls, 'utf8')).toBe('rebuild node --ignore-scripts=false\n')
  })
})

describe('npm run holdfast', () => {
  it.each([
    ['SIGINT', 3],
    ['SIGTERM', 3],
  ] as const)('hands %s on to the program, and ends with its exit code', async (signal, exitCode) => {
    plant(`process.on('${signal}', () => { console.log('asked to end'); process.exit(${exitCode}) })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: { holdfast: string }
    }
    const probe = scripts.holdfast.replace(/holdfast$/, 'probe')
    writeFileSync(join(project, 'package.json'), JSON.stringify({ scripts: { probe } }))
    const npm = spawn('npm', ['run', '-s', 'probe'], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
    const output = text(npm.stdout)
    await once(npm.stdout, 'data')
    npm.kill(signal)
    await once(npm, 'exit')
    expect(await output).toBe('ready\nasked to end\n')
    expect(npm.exitCode).toBe(exitCode)
  })
})
