import { describe, expect, it } from 'vitest'
import { findRefusal, parseTarget } from './gate.ts'

const port = 4711
const own = { host: [`127.0.0.1:${port}`] }

function refusalOf(headers: Record<string, string[]>, method = 'GET', path = '/') {
  return findRefusal({ method, headersDistinct: headers }, path, port)
}

describe('Host', () => {
  it.each([`127.0.0.1:${port}`, `localhost:${port}`])('lets %s in', (host) => {
    expect(refusalOf({ host: [host] })).toBeNull()
  })

  it.each([
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `[::1]:${port}`,
    `LOCALHOST:${port}.`,
    '',
  ])('refuses "%s"', (host) => expect(refusalOf({ host: [host] })).toMatchObject({ status: 403 }))

  it('refuses none, and two', () => {
    expect(refusalOf({})).toMatchObject({ status: 403 })
    expect(refusalOf({ host: [`127.0.0.1:${port}`, `127.0.0.1:${port}`] })).toMatchObject({ status: 403 })
  })
})

describe('Origin and Sec-Fetch-Site', () => {
  it('lets the own page in, and requests without them', () => {
    const headers = { ...own, origin: [`http://127.0.0.1:${port}`], 'sec-fetch-site': ['same-origin'] }
    expect(refusalOf(headers, 'POST', '/api/app.info')).toBeNull()
    expect(refusalOf(own, 'POST', '/api/app.info')).toBeNull()
  })

  it.each([
    'https://evil.example',
    `https://127.0.0.1:${port}`,
    `http://localhost:${port}`,
    'http://127.0.0.1:80',
    'null',
  ])('refuses the origin %s', (origin) =>
    expect(refusalOf({ ...own, origin: [origin] }, 'POST', '/api/app.info')).toMatchObject({ status: 403 }),
  )

  it.each(['cross-site', 'same-site', 'anything'])('refuses %s', (site) => {
    expect(refusalOf({ ...own, 'sec-fetch-site': [site] }, 'GET', '/assets/main.js')).toMatchObject({ status: 403 })
  })

  it('lets a followed link show a page, but no frame, method or event', () => {
    const followed = { ...own, 'sec-fetch-site': ['cross-site'], 'sec-fetch-mode': ['navigate'] }
    const document = { ...followed, 'sec-fetch-dest': ['document'] }
    expect(refusalOf(document, 'GET', '/backups')).toBeNull()
    expect(refusalOf({ ...followed, 'sec-fetch-dest': ['iframe'] }, 'GET', '/backups')).toMatchObject({ status: 403 })
    expect(refusalOf(document, 'POST', '/')).toMatchObject({ status: 403 })
    expect(refusalOf(document, 'GET', '/api/events')).toMatchObject({ status: 403 })
  })
})

describe('the path', () => {
  it('is decoded once, and comes with the token', () => {
    expect(parseTarget('/a%20b?token=x%2By&c')).toEqual({ path: '/a b', token: 'x+y' })
    expect(parseTarget('/%252e')).toEqual({ path: '/%2e', token: null })
  })

  it.each(['http://evil.example/', '*', '', '/%', '/%ff', '/a%00b', '/a%5cb', '/a\\b'])('is refused: %s', (url) => {
    expect(parseTarget(url)).toBeNull()
  })
})
