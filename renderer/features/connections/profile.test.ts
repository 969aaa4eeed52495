import { describe, expect, it } from 'vitest'
import { ConnectionId, type Connection } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import {
  cliOptionsOf,
  CompleteConnectionForm,
  editedProfileOf,
  emptyForm,
  formOf,
  isUnverified,
  profileOf,
  proposedName,
  whereText,
  type ConnectionForm,
} from './profile.ts'

const server: ConnectionForm = {
  ...emptyForm,
  name: 'sales',
  host: 'db1',
  port: '5433',
  user: 'ada',
  database: 'sales_prod',
  tls: 'verify-full',
}
const file: ConnectionForm = {
  ...emptyForm,
  engine: 'sqlite',
  name: 'shop',
  file: { picked: 'p1', path: "/srv/the 'shop'.db" },
}

function problems(form: ConnectionForm): string[] {
  const parsed = CompleteConnectionForm.safeParse(form)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
}

function stored(engine: Connection['engine'], profile: Record<string, unknown>): Connection {
  return {
    id: ConnectionId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    name: 'sales',
    engine,
    environment: 'production',
    profile,
    secret: { from: 'store' },
    goalHours: 24,
    hooks: [],
    checks: [],
    createdAt: '2026-11-21T12:00:00.000Z',
  }
}

describe('the form of a connection', () => {
  it('becomes a profile that leaves out what was left empty', () => {
    expect(profileOf(server)).toEqual({
      host: 'db1',
      port: 5433,
      user: 'ada',
      database: 'sales_prod',
      tls: 'verify-full',
    })
    expect(profileOf({ ...emptyForm, host: 'db1' })).toEqual({ host: 'db1', tls: 'prefer' })
    expect(profileOf({ ...emptyForm, service: 'sales' })).toEqual({ service: 'sales' })
  })

  it('sends a picked file by its id and a stored one as it is', () => {
    expect(profileOf(file)).toEqual({ path: { picked: 'p1' } })
    expect(profileOf(formOf(stored('sqlite', { path: '/srv/shop.db' })))).toEqual({ path: '/srv/shop.db' })
    expect(profileOf({ ...server, caFile: { stored: '/etc/ca.pem' } })).toMatchObject({ caFile: '/etc/ca.pem' })
  })

  it('shows what is stored, and sends it back unchanged', () => {
    const profile = { host: 'db1', port: 5433, user: 'ada', database: 'd', tls: 'require', caFile: '/etc/ca.pem' }
    expect(profileOf(formOf(stored('postgresql', profile)))).toEqual(profile)
  })

  it('leaves a TLS mode out that was never said, unless another one is chosen', () => {
    const quiet = stored('postgresql', { host: 'db1' })
    expect(editedProfileOf(formOf(quiet), quiet.profile)).toEqual(quiet.profile)
    expect(editedProfileOf({ ...formOf(quiet), tls: 'require' }, quiet.profile)).toMatchObject({ tls: 'require' })
    const said = stored('postgresql', { host: 'db1', tls: 'prefer' })
    expect(editedProfileOf(formOf(said), said.profile)).toEqual(said.profile)
  })

  it('says field by field what is missing', () => {
    expect(problems(server)).toEqual([])
    expect(problems(file)).toEqual([])
    expect(problems({ ...emptyForm, name: 'x' })).toEqual(['host'])
    expect(problems({ ...emptyForm, name: 'x', service: 's' })).toEqual([])
    expect(problems({ ...file, file: null })).toEqual(['file'])
    expect(problems({ ...server, name: '' })).toEqual(['name'])
    expect(problems({ ...emptyForm, port: '0' })).toEqual(['name', 'port', 'host'])
    expect(problems({ ...server, port: '70000' })).toEqual(['port'])
    expect(problems({ ...server, host: 'a,b' })).toEqual(['host'])
  })

  it('says where the data is', () => {
    expect(whereText(server)).toBe('db1:5433/sales_prod')
    expect(whereText({ ...emptyForm, service: 'sales' })).toBe('service sales')
    expect(whereText(file)).toBe("/srv/the 'shop'.db")
  })

  it('is the command that does the same', () => {
    expect(cliCommand(['connection', 'add'], cliOptionsOf(server))).toBe(
      'holdfast connection add --host db1 --port 5433 --user ada --database sales_prod --tls verify-full',
    )
    expect(cliOptionsOf({ ...server, host: '/run/postgresql' })).toMatchObject({
      host: null,
      socket: '/run/postgresql',
    })
    expect(cliCommand(['connection', 'add'], cliOptionsOf(file))).toContain(
      String.raw`--path '/srv/the '\''shop'\''.db'`,
    )
  })

  it('sends the tunnel, and says what could be read on its way', () => {
    const ssh = { sshBy: 'agent', sshHost: 'bastion', sshUser: 'u', sshHostKey: `SHA256:${'a'.repeat(43)}` } as const
    expect(profileOf({ ...server, ...ssh })).toMatchObject({ ssh: { host: 'bastion', port: 22, agent: true } })
    expect(problems({ ...server, ...ssh, sshHostKey: '' })).toEqual(['sshHostKey'])
    const open = { ...server, tls: 'require' } as const
    expect(isUnverified(server)).toBe(false)
    expect(isUnverified(open)).toBe(true)
    expect(isUnverified({ ...open, ...ssh })).toBe(false)
    expect(isUnverified({ ...open, caFile: { stored: '/ca.pem' } })).toBe(false)
    expect(isUnverified({ ...open, tls: 'prefer', caFile: { stored: '/ca.pem' } })).toBe(true)
    for (const host of ['localhost', '127.0.0.1', '::1', '/run/postgresql', '']) {
      expect(isUnverified({ ...open, host })).toBe(false)
    }
  })

  it('proposes a name', () => {
    expect(proposedName(server)).toBe('sales_prod')
    expect(proposedName({ ...server, database: '' })).toBe('db1')
    expect(proposedName({ ...file, file: { picked: 'p', path: String.raw`C:\data\shop.sqlite3` } })).toBe('shop')
    expect(proposedName({ ...file, file: null })).toBe('')
  })
})
