// Runs one program of this project under the Node.js that package.json pins.
//
//   node scripts/run.cjs <program> [arguments]
//
// `<program>` is a script of this folder (`build`, `holdfast`, …), or a program of
// node_modules/.bin. Plain old JavaScript: the system's Node.js, 20 or newer, runs this file.
'use strict'

const { spawn, spawnSync } = require('node:child_process')
const { existsSync, readFileSync } = require('node:fs')
const { constants } = require('node:os')
const { delimiter, dirname, join } = require('node:path')

const REQUIRED_MAJOR = 24
const root = dirname(__dirname)
const bin = join(root, 'node_modules', '.bin')
const isWindows = process.platform === 'win32'

/** Ends with a message for the person at the terminal, not with a stack. */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** The pinned Node.js itself, not a launcher around it; null while it is not unpacked. */
function pinnedNode() {
  const path = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node')
  if (!existsSync(path)) return null
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return status === 0 && stdout.startsWith(`v${REQUIRED_MAJOR}.`) ? path : null
}

/** This process when it is new enough, else the pinned Node.js, unpacked on first use. */
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
    fail(`Node.js ${REQUIRED_MAJOR} could not be unpacked from the package "node".\n${rebuild.stderr ?? ''}`)
  }
  return unpacked
}

/** What the pinned Node.js has to run for `name`: a script of ours or a package's program. */
function entryOf(name) {
  for (const extension of ['.ts', '.js', '.cjs']) {
    const own = join(__dirname, name + extension)
    if (existsSync(own)) return own
  }
  for (const [owner, program] of [[name, name], ...Object.entries(OTHER_NAMES).filter(([key]) => key === name).map(([, owner]) => [owner, name])]) {
    const manifest = join(root, 'node_modules', owner, 'package.json')
    if (!existsSync(manifest)) continue
    const { bin: programs } = JSON.parse(readFileSync(manifest, 'utf8'))
    const file = typeof programs === 'string' ? programs : programs?.[program]
    if (file !== undefined) return join(dirname(manifest), file)
  }
  return fail(`Unknown program "${name}".`)
}

/** Programs whose package has another name. */
const OTHER_NAMES = { tsc: 'typescript', asc: 'assemblyscript' }

const [program, ...programArguments] = process.argv.slice(2)
if (program === undefined) fail('usage: node scripts/run.cjs <program> [arguments]')

const node = ensureNode()
const child = spawn(node, [entryOf(program), ...programArguments], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
})
child.on('error', (error) => fail(error.message))

// A terminal sends Ctrl+C to the whole group; a supervisor sends it to this process alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.exit(128 + (constants.signals[signal] ?? 0))
})
