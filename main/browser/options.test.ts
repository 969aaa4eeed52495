import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { AppError } from '../../preload/contract/index.ts'
import { builtRenderer, parseOptions } from './options.ts'

const env = { HOLDFAST_HOME: '/data/holdfast' }

it('serves on any free port by default, over HOLDFAST_HOME', () => {
  expect(parseOptions([], env)).toMatchObject({ port: 0, home: '/data/holdfast', allow: [] })
})

it('takes port, home and several folders, as absolute paths', () => {
  const options = parseOptions(['--port', '8080', '--home', 'h', '--allow', 'main', '--allow', '/'], env)
  expect(options).toMatchObject({
    port: 8080,
    home: resolve('h'),
    allow: [
      { label: 'main', path: resolve('main') },
      { label: '/', path: '/' },
    ],
  })
})

it('answers null where help is asked for', () => expect(parseOptions(['--help'], env)).toBeNull())

it.each([
  [['--port', '65536']],
  [['--port', 'x']],
  [['--allow', '/no/such/folder']],
  [['--allow', 'package.json']],
  [['--what']],
  [['x']],
])('refuses %j', (argv) => {
  expect(() => parseOptions(argv, env)).toThrow(expect.objectContaining({ code: 'USAGE' } satisfies Partial<AppError>))
})

it('finds the built window from a source and from a bundle', () => {
  const here = pathToFileURL(resolve('main/browser/options.ts')).href
  expect(existsSync(resolve('main/browser/options.ts'))).toBe(true)
  expect(builtRenderer(here)).toBe(resolve('dist/renderer'))
  expect(builtRenderer(pathToFileURL(resolve('dist/main/browser.js')).href)).toBe(resolve('dist/renderer'))
})
