// Runs one program of this project under the Node.js that package.json pins.
//
//   node scripts/run.cjs <program> [arguments]
//
// `<program>` is a script of this folder (`build`, `holdfast`, …), or a program that a package brings.
// Plain JavaScript, because the system's Node.js, 20 or newer, runs this file.
'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { existsSync, readFileSync } = require('node:fs')
const { constants } = require('node:os')
const { delimiter, dirname, join } = require('node:path')

const REQUIRED_MAJOR = 24
const root = dirname(__dirname)
const bin = join(root, 'node_modules', '.bin')
const isWindows = process.platform === 'win32'

/** Programs whose package has another name. */
const PACKAGE_OF = { tsc: 'typescript', asc: 'assemblyscript' }

/** Ends with a message for the person at the terminal, not with a stack. */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** The path of the pinned Node.js; null while it is not unpacked. */
function pinnedNode() {
  const path = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node')
  if (!existsSync(path)) return null
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return status === 0 && stdout.startsWith(`v${REQUIRED_MAJOR}.`) ? path : null
}

/** The path of the pinned Node.js, which is unpacked on first use. */
function ensureNode() {
  if (!existsSync(bin)) fail('The packages are not installed. Run: npm ci')
  const ready = pinnedNode()
  if (ready !== null) return ready
  const rebuild = spawnSync('npm', ['rebuild', 'node', '--ignore-scripts=false'], {
    cwd: root,
    encoding: 'utf8',
    shell: isWindows, // npm is a .cmd file there; no argument comes from outside
  })
  const unpacked = pinnedNode()
  if (unpacked === null) {
    fail(
      `The package "node" could not be unpacked (npm rebuild node).\n${rebuild.stderr ?? rebuild.error?.message ?? ''}`,
    )
  }
  return unpacked
}

/** The file that the pinned Node.js has to run. */
function entryOf(program) {
  const own = join(__dirname, `${program}.ts`)
  if (existsSync(own)) return own
  const folder = join(root, 'node_modules', PACKAGE_OF[program] ?? program)
  if (!existsSync(folder)) fail(`There is no program "${program}".`)
  const { bin: programs } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof programs === 'string' ? programs : programs[program])
}

const [program, ...programArguments] = process.argv.slice(2)
if (program === undefined) fail('usage: node scripts/run.cjs <program> [arguments]')

const child = spawn(ensureNode(), [entryOf(program), ...programArguments], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
})
child.on('error', (error) => fail(error.message))

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal sends Ctrl+C to every process of the foreground group; once is enough.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
