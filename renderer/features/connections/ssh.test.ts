import { describe, expect, it } from 'vitest'
import { noSsh, sshFormOf, sshIssues, sshOptions, sshProfile, type SshForm } from './ssh.ts'

const hostKey = `SHA256:${'a'.repeat(43)}`
const form: SshForm = {
  sshBy: 'key',
  sshHost: 'bastion',
  sshPort: '2222',
  sshUser: 'backup',
  sshKey: { picked: 'p1', path: '/home/ada/key' },
  sshHostKey: hostKey,
}

describe('the form of an SSH tunnel', () => {
  it('sends a picked key by its id, and nothing where there is no tunnel', () => {
    expect(sshProfile(noSsh)).toBeNull()
    expect(sshProfile(form)).toEqual({
      host: 'bastion',
      port: 2222,
      user: 'backup',
      identityFile: { picked: 'p1' },
      agent: false,
      hostKey,
    })
    expect(sshProfile({ ...form, sshBy: 'agent' })).not.toHaveProperty('identityFile')
  })

  it('shows what is stored, and sends it back', () => {
    const ssh = { host: 'bastion', port: 22, user: 'u', identityFile: '/k', agent: false, hostKey, hasSecret: true }
    expect(sshProfile(sshFormOf({ ssh }))).toEqual({ ...ssh, hasSecret: undefined })
    expect(sshFormOf({})).toEqual(noSsh)
  })

  it('is complete with an accepted host key alone', () => {
    expect(sshIssues(noSsh)).toEqual([])
    expect(sshIssues(form)).toEqual([])
    const fields = (part: Partial<SshForm>) => sshIssues({ ...form, ...part }).map(({ field }) => field)
    expect(fields({ sshHostKey: '' })).toEqual(['sshHostKey'])
    expect(fields({ sshKey: null })).toEqual(['sshKey'])
    expect(fields({ sshBy: 'password', sshKey: null })).toEqual([])
    expect(fields({ sshHost: '', sshUser: 'a b', sshPort: '0' })).toEqual(['sshHost', 'sshPort', 'sshUser'])
  })

  it('is the flags of the command line', () => {
    expect(sshOptions(form)).toMatchObject({ 'ssh-identity': '/home/ada/key', 'ssh-agent': false, 'ssh-port': '2222' })
    expect(sshOptions(noSsh)).toEqual({})
  })
})
