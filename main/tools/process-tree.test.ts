import { describe, expect, it } from 'vitest'
import { descendantsIn, parseParent } from './process-tree.ts'
import { findAccount, spawnAs } from './unprivileged-account.ts'

describe('descendants', () => {
  it('are found at any depth, without those that are asked for', () => {
    const parents = new Map([
      [10, 1],
      [11, 10],
      [12, 11],
      [13, 1],
      [9, 12],
    ])
    expect([...descendantsIn(parents, [10])].toSorted((a, b) => a - b)).toEqual([9, 11, 12])
    expect(descendantsIn(parents, [])).toEqual([])
  })

  it('are known by a parent that stands behind any name', () => {
    expect(parseParent('4242 (a) S 7 (b)) R 17 4242 4242 0')).toBe(17)
    expect(parseParent('1 (init) S 0 1 1')).toBeNull()
    expect(parseParent('')).toBeNull()
  })
})

describe('the user for programs that refuse to run as root', () => {
  const users = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\nsly:x:0:5::/:/bin/sh\n'

  it('is found by name', () => {
    expect(findAccount(users, 'nobody')).toEqual({ name: 'nobody', uid: 65_534, gid: 65_534 })
    expect(findAccount('nobody:*:-2:-2::/:/bin/false', 'nobody')).toMatchObject({ uid: 4_294_967_294 })
  })

  it.each(['missing', 'root', 'sly'])('is never root in disguise, nor guessed: %s', (name) => {
    expect(() => findAccount(users, name)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  })

  it('works in a folder that is open to it', () => {
    expect(spawnAs({ name: 'nobody', uid: 5, gid: 6 })).toEqual({ uid: 5, gid: 6, cwd: '/' })
    expect(spawnAs(null)).toEqual({})
  })
})
