import { chmodSync, copyFileSync } from 'node:fs'
import { AddConnectionPage } from '../pages/connections.ts'
import { findProgram, installHint, postgresBinDir } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startPostgres, type PostgresServer } from '../servers/postgres-cluster.ts'
import { startSshd, type SshServer } from '../servers/sshd-server.ts'
import { expect, test } from './fixtures.ts'

let server: PostgresServer
let sshd: SshServer
test.beforeAll(async () => {
  const isMissing = postgresBinDir(15) === null || findProgram('sshd') === null
  const reason = isMissing ? `PostgreSQL 15 or openssh-server not installed; ${installHint}` : null
  if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  test.skip(reason !== null, reason ?? '')
  server = await startPostgres({ version: 15 })
  sshd = await startSshd()
})
test.afterAll(async () => {
  await sshd.stop()
  await server.stop()
})

test('a server behind SSH: its host key is accepted by hand, a failure names the part of the way, a changed key is refused', async ({
  app,
  page,
}) => {
  copyFileSync(sshd.lockedIdentityFile, app.path('id_backup'))
  chmodSync(app.path('id_backup'), 0o600)
  await app.open('/connections/new')
  const wizard = new AddConnectionPage(page)
  await wizard.chooseEngine('PostgreSQL')
  await wizard.field('Server').fill(server.host)
  await wizard.field('Port').fill(String(server.port))
  await wizard.field('User').fill(server.user)
  await wizard.field('Password').fill(server.password)
  await wizard.field('Name of the connection').fill('far')
  await page.getByRole('button', { name: /Through an SSH server/ }).click()
  await page.getByRole('option', { name: /with a private key/ }).click()
  await wizard.field('SSH server').fill(sshd.host)
  await wizard.field('SSH port').fill(String(sshd.port))
  await wizard.field('SSH user').fill(sshd.user)
  await wizard.field('Passphrase of the key').fill('wrong')
  await page.getByRole('group', { name: 'Private key' }).getByRole('button').click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: / id_backup\b/ })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click()
  await wizard.next()
  await expect(page.getByText('Ask for the host key, compare it, and accept it.')).toBeVisible()
  await page.getByRole('button', { name: 'Ask for the host key' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Not accepted yet' })).toContainText(sshd.hostKey)
  await page.getByRole('button', { name: 'Accept this host key' }).click()
  await wizard.test('Development')
  await expect(page.getByRole('alert')).toContainText(/key/)
  await page.getByRole('link', { name: 'Change the details' }).click()
  await wizard.field('Passphrase of the key').fill(sshd.passphrase)
  await wizard.test('Development')
  await expect(page.getByText('Connected')).toBeVisible()
  await wizard.next()
  await expect(wizard.answers).toContainText(sshd.hostKey)
  await wizard.next('Save far')
  await expect(page.getByText(/pg_read_all_data/)).toBeVisible()
  await page.getByRole('link', { name: 'Show the connection' }).click()
  await expect(page.getByText(`${sshd.user}@${sshd.host}:${String(sshd.port)}`)).toBeVisible()

  const shown = await sshd.changeHostKey()
  await page.getByRole('button', { name: 'Test now' }).click()
  await expect(page.getByText('Another host key', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Edit' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: 'Ask for the host key again' }).click()
  const refused = dialog.getByRole('alert').filter({ hasText: 'Another host key' })
  await expect(refused).toContainText(sshd.hostKey)
  await expect(refused).toContainText(shown)
})
