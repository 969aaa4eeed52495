import { expect, it } from 'vitest'
import { cliCommand } from './cli-command.ts'

it('leaves out what was not chosen', () => {
  const options = { to: ['NAS', 'S3'], name: null, encrypt: true, pin: false, level: 'restore', keep: 24 }
  expect(cliCommand(['backup', 'shop'], options)).toBe(
    'holdfast backup shop --to NAS --to S3 --encrypt --level restore --keep 24',
  )
})

it.each([
  ["it's here", String.raw`holdfast backup 'it'\''s here'`],
  ['$(reboot)', "holdfast backup '$(reboot)'"],
  ['a;b', "holdfast backup 'a;b'"],
  ['', "holdfast backup ''"],
  ['über', "holdfast backup 'über'"],
])('quotes %s, so that a shell takes it as one word', (name, command) => {
  expect(cliCommand(['backup', name])).toBe(command)
})
