import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseTool } from './choose-tool.ts'
import { findTools, forgetTools, toolPlaces, type FoundTool, type ToolSearch } from './find-tools.ts'
import { endProcesses, findByJob } from './job-processes.ts'
import { bootId, identityOf, isAlive, parseProcStat } from './process-probe.ts'
import { writeSecretFile } from './secret-file.ts'
import { writeFakeTool } from './testing/fake-tool.ts'
import { toolEnvironment } from './tool-environment.ts'
import { parseToolVersion } from './tool-version.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tools-'))
  forgetTools()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('parseToolVersion', () => {
  it.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n', 'PostgreSQL', '15.18', 15, 18],
    ['pg_restore (PostgreSQL) 18.4\n', 'PostgreSQL', '18.4', 18, 4],
    ['pg_dump (PostgreSQL) 19beta1\n', 'PostgreSQL', '19beta1', 19, 0],
    ['pg_dump (PostgreSQL) 9.6.24\n', 'PostgreSQL', '9.6.24', 9, 6],
    ['mysqldump from 11.4.2-MariaDB, client 10.19 for debian-linux-gnu (x86_64)\n', 'MariaDB', '11.4.2-MariaDB', 11, 4],
    [
      'mysqldump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)\n',
      'MariaDB',
      '10.11.19-MariaDB',
      10,
      11,
    ],
    ['mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)\n', 'MySQL', '8.0.36', 8, 0],
    ['mysqldump  Ver 26.10.0 for Linux on x86_64 (MySQL Community Server - GPL)\n', 'MySQL', '26.10.0', 26, 10],
    ['mongodump version: 100.9.4\ngit version: abc\n', 'MongoDB', '100.9.4', 100, 9],
  ])('reads %j', (text, flavour, version, major, minor) => {
    expect(parseToolVersion(text)).toMatchObject({ flavour, version, major, minor })
  })

  it.each(['', 'pg_dump', 'pg_dump (PostgreSQL) ', 'pg_dump (PostgreSQL) x.y', 'bash, version 5.2', '\u0000\u0000'])(
    'does not invent a version for %j',
    (text) => {
      expect(parseToolVersion(text)).toBeNull()
    },
  )

  it('takes any text without throwing or hanging', () => {
    const piece = fc.constantFrom(
      'pg_dump (PostgreSQL) ',
      ' Ver ',
      'from ',
      '-MariaDB',
      '9'.repeat(400),
      ' ',
      '\n',
      '.',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 400 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (each) => {
        const parsed = parseToolVersion(each)
        return parsed === null || (Number.isSafeInteger(parsed.major) && Number.isSafeInteger(parsed.minor))
      }),
    )
  })
})

describe('findTools', () => {
  const only = (...byHand: string[]) => ({ byHand, usual: [] })

  it('finds each program once, with its version, through links and patterns', async () => {
    for (const version of ['15', '16']) {
      await mkdir(join(folder, 'postgresql', version, 'bin'), { recursive: true })
      const text = `pg_dump (PostgreSQL) ${version}.3\n`
      await writeFakeTool(join(folder, 'postgresql', version, 'bin'), 'pg_dump', { version: text })
    }
    await symlink(join(folder, 'postgresql', '15', 'bin'), join(folder, 'linked'))
    const usual = [join(folder, 'linked'), join(folder, 'postgresql', '*', 'bin'), join(folder, 'missing', '*', 'bin')]
    const search = await findTools('pg_dump', { byHand: [], usual })
    expect(search.found.map(({ version }) => version)).toEqual(['15.3', '16.3'])
    expect(search.rejected).toEqual([])
  })

  it('looks nowhere else where a folder was set by hand', () => {
    const places = toolPlaces({ PATH: '/usr/bin:relative', HOLDFAST_TOOLS_PATH: '/opt/a:/opt/b' }, 'linux')
    expect(places.byHand).toEqual(['/opt/a', '/opt/b'])
    expect(places.usual).not.toContain('relative')
    const saved = ['/opt/saved']
    expect(toolPlaces({ HOLDFAST_TOOLS_PATH: '/opt/a' }, 'linux', saved).byHand).toEqual(['/opt/a'])
    expect(toolPlaces({ HOLDFAST_TOOLS_PATH: 'relative' }, 'linux', saved).byHand).toEqual(saved)
  })

  it('says why a file that has the name can not be used', async () => {
    const broken = join(folder, 'broken')
    const folderNamed = join(folder, 'folder')
    const silent = join(folder, 'silent')
    const failing = join(folder, 'failing')
    for (const each of [broken, join(folderNamed, 'pg_dump'), silent, failing]) await mkdir(each, { recursive: true })
    await writeFakeTool(silent, 'pg_dump', { version: 'Hello, world' })
    await writeFakeTool(failing, 'pg_dump', { version: '' })
    await writeFile(join(broken, 'pg_dump'), '')
    await chmod(join(broken, 'pg_dump'), 0o644)
    const { found, rejected } = await findTools('pg_dump', only(broken, folderNamed, silent, failing))
    expect(found).toEqual([])
    expect(rejected.map(({ why }) => why)).toEqual([
      'It may not be executed.',
      'It is not a file.',
      'It does not say which version it is.',
      'It does not say which version it is.',
    ])
  })
})

describe('chooseTool', () => {
  const tool = (major: number, minor = 0, flavour = 'PostgreSQL'): FoundTool => {
    const version = `${String(major)}.${String(minor)}`
    return { name: 'pg_dump', path: `/pg/${version}/pg_dump`, flavour, program: 'pg_dump', version, major, minor }
  }
  const search = (...found: FoundTool[]): ToolSearch => ({ name: 'pg_dump', found, rejected: [] })
  const need = { flavour: 'PostgreSQL', leastMajor: 16, mostMajor: null, because: 'the server is PostgreSQL 16.14' }

  it('takes the closest major that is at least the wanted one, of these the newest', () => {
    const { tool: chosen, why } = chooseTool(search(tool(18), tool(17, 1), tool(15), tool(17, 3)), need)
    expect(chosen.version).toBe('17.3')
    expect(why).toBe('pg_dump 17.3 is used because the server is PostgreSQL 16.14 (the closest of 4 found).')
  })

  it('names what was found and how to get what is wanted', () => {
    const old = () => chooseTool(search(tool(15, 18), tool(14)), need)
    expect(old).toThrow(expect.objectContaining({ code: 'TOOL_TOO_OLD' }) as Error)
    expect(old).toThrow(/16 or newer is needed because the server is PostgreSQL 16\.14; found: 15\.18, 14\.0/)
    const none = () => chooseTool(search(tool(16, 1, 'MariaDB')), need)
    const remedy = expect.stringMatching(/apt install.*dnf install.*brew install.*winget install/s) as string
    expect(none).toThrow(expect.objectContaining({ code: 'TOOL_MISSING', remedy }) as Error)
  })

  it('does not take one that is too new', () => {
    expect(() => chooseTool(search(tool(17)), { ...need, mostMajor: 16 })).toThrow(/pg_dump 16 is needed/)
  })
})

describe('toolEnvironment', () => {
  it('passes on what is on the list, whatever case Windows gives it', () => {
    const parent = { SystemRoot: 'D:\\W', LD_PRELOAD: 'x', NODE_OPTIONS: 'y', PGPASSWORD: 'z', HOME: '/h' }
    expect(toolEnvironment(parent, {}, null, 'win32')).toMatchObject({ SYSTEMROOT: 'D:\\W' })
    const posix = {
      LANG: 'C',
      LC_ALL: 'C',
      TZ: 'UTC',
      HOME: '/h',
      PATH: '/usr/bin:/bin',
      PGTZ: 'UTC',
      HOLDFAST_JOB: 'J',
    }
    expect(toolEnvironment(parent, { PGTZ: 'UTC' }, 'J', 'linux')).toEqual(posix)
  })
})

describe('processes', () => {
  it('reads a stat line whose name holds anything', () => {
    const fields = ['S', ...Array.from({ length: 18 }, (_, at) => String(at)), '4711', '9']
    expect(parseProcStat(`12 (a) b) R 1) ${fields.join(' ')}`)).toEqual({ state: 'S', startTicks: '4711' })
    expect(parseProcStat('')).toBeNull()
  })

  it('knows this process, and no other with its pid', () => {
    const identity = identityOf(process.pid)
    expect(identity).not.toBeNull()
    expect(isAlive({ pid: process.pid, startedAt: identity?.startedAt ?? '' })).toBe(true)
    expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(false)
    expect(identityOf(2 ** 30)).toBeNull()
    expect(bootId()).not.toBe('')
  })

  it('finds the processes of a job and ends them with their groups', async () => {
    const jobId = `TEST${String(process.pid)}`
    const script =
      'require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]); setTimeout(() => {}, 60000)'
    const child = spawn(process.execPath, ['-e', script], {
      env: { HOLDFAST_JOB: jobId },
      detached: true,
      stdio: 'ignore',
    })
    let pids: readonly number[] = []
    while (pids.length < 2) pids = await findByJob(jobId)
    expect(pids).toContain(child.pid)
    expect(await endProcesses(pids)).toEqual([])
    expect(await findByJob(jobId)).toEqual([])
    expect(await findByJob('another-job')).toEqual([])
  })
})

describe('writeSecretFile', () => {
  it('writes 0600 and removes it', async () => {
    const file = await writeSecretFile(folder, 'pgpass', 'x')
    expect((await stat(file.path)).mode & 0o777).toBe(0o600)
    await file.remove()
    await file.remove()
    await expect(stat(file.path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
