import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../e2e/servers/postgres.ts'
import { useProgram } from './testing/program.ts'

const { path, holdfast, done } = useProgram()

describe('the whole program on a PostgreSQL server', () => {
  const postgres = usePostgres({ version: 15 })
  const latest = ['latest', '--connection', 'shop']

  const add = (name: string, ...secret: readonly string[]) => {
    const { host, port, user } = postgres()
    const server = ['--host', host, '--port', String(port), '--user', user, '--database', 'shop', '--tls', 'disable']
    return ['connection', 'add', '--name', name, '--engine', 'postgresql', ...server, ...secret]
  }

  it('connects with each way to hand over a password, and refuses a wrong one', async () => {
    await postgres().sql('CREATE DATABASE shop')
    await postgres().sql(
      `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 500) i`,
      'shop',
    )
    writeFileSync(path('password'), `${postgres().password}\n`, { mode: 0o600 })
    writeFileSync(path('wrong'), 'canary-4711', { mode: 0o600 })
    await done(...add('shop', '--password-file', path('password')))
    await done(...add('by-command', '--password-command', `cat '${path('password')}'`))
    await done(...add('wrong', '--password-file', path('wrong')))
    for (const name of ['shop', 'by-command']) {
      expect(await done('connection', 'test', name)).toMatchObject({ product: 'PostgreSQL' })
    }
    const wrong = await holdfast('connection', 'test', 'wrong', '--json')
    expect(wrong.exitCode).toBe(12)
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } })
  })

  it('backs up, proves, restores beside and compares', async () => {
    mkdirSync(path('backups'), { mode: 0o700 })
    await done('destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'backups')
    const backup = await done('backup', 'shop')
    expect(backup['objects']).toContainEqual(expect.objectContaining({ kind: 'table', rows: 500 }))
    expect(await done('validate', ...latest, '--level', 'restore')).toMatchObject({ outcome: 'passed' })

    const plan = await done('restore', 'plan', ...latest, '--database', 'shop again', '-o', 'plan.json')
    expect(plan).toMatchObject({ confirm: 'shop again', blockers: [] })
    const restored = await done('restore', 'apply', 'plan.json', '--confirm', 'shop again')
    expect(restored).toMatchObject({ outcome: 'passed' })
    expect(await postgres().sql('SELECT count(*) FROM orders', 'shop again')).toContain('500')
    expect(await done('compare', ...latest, '--live')).toMatchObject({ equal: true })

    await postgres().sql(`UPDATE orders SET note = 'changed' WHERE id = 7`, 'shop')
    const changed = await done('compare', ...latest, '--live')
    expect(changed).toMatchObject({ equal: false })
    expect(changed['objects']).toContainEqual(expect.objectContaining({ status: 'changed', columns: ['note'] }))
  })

  it('hands out rows', async () => {
    const { stdout } = await holdfast('rows', ...latest, 'orders', '--where', 'id=7')
    expect(stdout).toBe('id,note\n7,note 7\n')
  })

  it('keeps the passwords to itself', () => {
    for (const secret of ['canary-4711', postgres().password]) {
      const found = execFileSync('sh', ['-c', 'grep -rlaF -e "$1" "$2" || true', 'sh', secret, path('home')])
      expect(found.toString()).toBe('')
    }
  })
})
