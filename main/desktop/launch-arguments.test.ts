import { describe, expect, it } from 'vitest'
import { routeOfLink } from './deep-link.ts'
import { isDumpName, openingOf } from './launch-arguments.ts'

const id = '01JGH5QZ8M3X7V2K9P4R6T0WYB'

describe('a link', () => {
  it.each([`holdfast://run/${id}`, `holdfast://run/${id}/`])('%s opens the run', (link) => {
    expect(routeOfLink(link)).toBe(`/activity/${id}`)
  })

  it.each([
    'holdfast://run/',
    'holdfast://run/latest',
    `holdfast://run/${id}/cancel`,
    `holdfast://run/${id}?confirm=yes`,
    `holdfast://run/${id}#x`,
    `holdfast://run/../settings/${id}`,
    `holdfast://restore/${id}`,
    `holdfast://user@run/${id}`,
    `holdfast:run/${id}`,
    `https://run/${id}`,
    `holdfast://run/${id}\nholdfast://run/${id}`,
    `holdfast://run/${id.toLowerCase()}`,
  ])('%s means nothing', (link) => {
    expect(routeOfLink(link)).toBeNull()
  })
})

describe('a launch', () => {
  it('opens the link among its arguments', () => {
    expect(openingOf(['holdfast', '--no-sandbox', `holdfast://run/${id}`], '/tmp')).toEqual({
      kind: 'route',
      route: `/activity/${id}`,
    })
  })

  it('opens the dump among its arguments, from the folder of the launch', () => {
    expect(openingOf(['holdfast', 'shop.dump'], '/srv')).toEqual({ kind: 'file', path: '/srv/shop.dump' })
  })

  it('leaves everything else alone', () => {
    const window = { kind: 'window' }
    expect(openingOf(['holdfast'], '/srv')).toEqual(window)
    expect(openingOf(['electron', '.'], '/srv')).toEqual(window)
    expect(openingOf(['holdfast', '--x=y.dump', 'notes.txt'], '/srv')).toEqual(window)
    expect(openingOf(['holdfast', 'HOLDFAST://restore/x.dump'], '/srv')).toEqual(window)
    // The program itself is no dump.
    expect(openingOf(['/opt/holdfast.dump'], '/srv')).toEqual(window)
  })
})

it.each([
  ['shop.dump', true],
  ['shop.SQL', true],
  ['shop.bak', true],
  ['20260101-abc.dump.zst.age', true],
  ['shop.dump.zst', true],
  ['shop.dump.manifest.json', false],
  ['shop.exe', false],
  ['dump', false],
])('%s: %s', (name, expected) => {
  expect(isDumpName(name)).toBe(expected)
})
