import { describe, expect, it } from 'vitest'
import { emptyForm } from '../profile.ts'
import { addCommand, ConnectionAnswers, isSecretLost, noAnswers, secretOf, stepToShow } from './draft.ts'

const complete: ConnectionAnswers = {
  hasEngine: true,
  form: { ...emptyForm, name: 'sales', host: 'db1', user: 'ada' },
  hasPassword: true,
  hasSshSecret: false,
  environment: 'production',
}

describe('the wizard that adds a connection', () => {
  it('shows the step that is wanted once everything before it is answered', () => {
    expect(stepToShow('check', complete)).toBe('check')
    expect(stepToShow('test', complete)).toBe('test')
    expect(stepToShow(undefined, complete)).toBe('engine')
    expect(stepToShow('nonsense', complete)).toBe('engine')
  })

  it('goes back to the first step that lacks an answer', () => {
    expect(stepToShow('check', noAnswers)).toBe('engine')
    expect(stepToShow('check', { ...complete, environment: null })).toBe('environment')
    expect(stepToShow('check', { ...complete, form: { ...complete.form, host: '' } })).toBe('details')
    expect(stepToShow('details', { ...complete, form: { ...complete.form, host: '' } })).toBe('details')
  })

  it('keeps no password: an unknown field is not stored', () => {
    expect(Object.keys(ConnectionAnswers.parse({ ...complete, password: 'hunter2' }))).not.toContain('password')
    expect(addCommand(complete)).toBe(
      'holdfast connection add --name sales --engine postgresql --environment production --host db1 --user ada',
    )
    expect(addCommand({ ...complete, hasPassword: false })).toContain('--no-password')
  })

  it('knows which secret is gone after a reload', () => {
    expect(isSecretLost(complete, 'hunter2', '')).toBe(false)
    expect(isSecretLost(complete, '', '')).toBe(true)
    const tunnel: ConnectionAnswers = { ...complete, hasSshSecret: true, form: { ...complete.form, sshBy: 'key' } }
    expect(isSecretLost(tunnel, 'hunter2', '')).toBe(true)
    expect(isSecretLost({ ...tunnel, form: { ...tunnel.form, sshBy: 'agent' } }, 'hunter2', '')).toBe(false)
  })

  it('sends a password once, and none for a file', () => {
    expect(secretOf(complete, 'hunter2')).toEqual({ from: 'value', value: 'hunter2' })
    expect(secretOf(complete, '')).toEqual({ from: 'none' })
    expect(secretOf({ ...complete, form: { ...complete.form, engine: 'sqlite' } }, 'hunter2')).toEqual({ from: 'none' })
  })
})
