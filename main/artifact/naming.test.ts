import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BackupId } from '../../preload/contract/index.ts'
import { artifactName, slug } from './naming.ts'

const id = BackupId.parse('01JC2ABCDEFGHJKMPQRSTVWXY0')
const parts = {
  connection: 'Shop',
  database: 'orders',
  databaseIsPath: false,
  startedAt: new Date('2026-01-02T03:04:05.678Z'),
  id,
  extension: 'dump',
  compression: { name: 'zstd', level: 3 },
  isEncrypted: true,
} as const

const hostile = [
  '$(x)',
  '; rm -rf /',
  '-x',
  '--all-databases',
  'a=b',
  'postgresql://h/x',
  '"quo\'tes"',
  'new\nline',
  '%APPDATA%',
  '../',
  '..',
  '.',
  '...',
  'CON',
  'con',
  'NUL.txt',
  'com1',
  'COM¹',
  'lpt9.db',
  'CONIN$',
  'trailing.',
  'trailing ',
  ' leading',
  'x'.repeat(255),
  '😀',
  '\u202Egnp.exe',
  'مرحبا',
  'é',
  'e\u0301',
  '',
  '\u0000',
  'a:b',
  'C:\\Windows',
  '.hidden',
  '~',
  '*?<>|',
  'ﬁle',
  '\ud800',
  'a\u0301'.repeat(60),
  '日本語データベース'.repeat(10),
  '-'.repeat(100),
  '\u0301',
  'AUX',
  'a..b',
]

describe('slug', () => {
  it.each([
    ['orders', 'orders'],
    ['My Shop (test)', 'My_Shop_test'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['--all-databases', 'all-databases'],
    ['../../etc/passwd', 'etc_passwd'],
    ['trailing. ', 'trailing'],
    ['e\u0301t\u00e9', 'été'],
    ['😀', 'unnamed'],
    ['', 'unnamed'],
    ['\u202Etxt.exe', 'txt.exe'],
  ])('of %j is %j', (name, expected) => {
    expect(slug(name)).toBe(expected)
  })

  const isSafe = (name: string) => {
    expect(name).toMatch(/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*$/u)
    expect(name).not.toMatch(/[.\s_-]$|\.\./u)
    expect(name).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i)
    expect(name.normalize('NFC')).toBe(name)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(60)
    expect(name.isWellFormed()).toBe(true)
  }

  it.each(hostile)('of %j is safe everywhere', (name) => {
    isSafe(slug(name))
  })

  it('of anything is safe everywhere', () => {
    const unit = fc.constantFrom('grapheme' as const, 'binary' as const, 'binary-ascii' as const)
    fc.assert(
      fc.property(
        unit.chain((each) => fc.string({ unit: each, maxLength: 300 })),
        (name) => isSafe(slug(name)),
      ),
      { numRuns: 2000 },
    )
  })
})

describe('artifactName', () => {
  it('has connection, database, time, id and endings', () => {
    expect(artifactName(parts)).toBe('Shop/orders/20260102T030405Z-pqrstvwxy0.dump.zst.age')
  })

  it('has the endings of its pipeline', () => {
    const plain = { ...parts, isEncrypted: false }
    expect(artifactName({ ...plain, compression: { name: 'gzip', level: 6 } })).toMatch(/\.dump\.gz$/)
    expect(artifactName({ ...plain, compression: { name: 'none', level: null } })).toMatch(/[a-z0-9]{10}\.dump$/)
    expect(artifactName({ ...parts, compression: { name: 'none', level: null } })).toMatch(/\.dump\.age$/)
  })

  it('takes the last part of a path', () => {
    const of = (database: string) => artifactName({ ...parts, database, databaseIsPath: true }).split('/')[1]
    expect(of('/var/data/shop.db')).toBe('shop.db')
    expect(of('C:\\data\\shop.db')).toBe('shop.db')
    expect(of('/')).toBe('unnamed')
  })

  it('keeps a slash in a name that is no path out of the folders', () => {
    expect(artifactName({ ...parts, database: 'a/b' }).split('/')).toHaveLength(3)
  })

  it('differs for different backups of names that fold to the same', () => {
    const other = { ...parts, database: 'ORDERS', id: BackupId.parse('01JC2ABCDEFGHJKMPQRSTVWXY1') }
    expect(artifactName(other).toLowerCase()).not.toBe(artifactName(parts).toLowerCase())
  })
})
