import type { Locator, Page } from '@playwright/test'
import { expect } from '@playwright/test'

/** The restore wizard and the page of one restore, as a person uses them. */
export class RestorePages {
  readonly page: Page
  readonly name: Locator
  readonly productionMeant: Locator

  constructor(page: Page) {
    this.page = page
    this.name = page.getByRole('textbox', { name: 'Name of the database' })
    this.productionMeant = page.getByRole('checkbox', { name: /This is production/ })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name })
  }

  /** Chooses the newest backup that is shown, and goes on to its contents and to the target. */
  async chooseNewestBackup(): Promise<void> {
    await this.page
      .getByRole('radiogroup', { name: /Backups/ })
      .locator('label')
      .first()
      .click()
    await this.button('Look into it').click()
    await expect(this.page.getByText(/^This backup holds/)).toBeVisible()
    await this.button('Choose the target').click()
    await this.showsStep('Target')
  }

  /** Chooses how, where a database exists: over the connection's own one. */
  async chooseOver(mode: 'swap' | 'in place'): Promise<void> {
    await this.choose(mode === 'swap' ? /beside it, then swapped/ : /in place/)
    await this.choose(/The database of the connection/)
  }

  async choose(option: RegExp): Promise<void> {
    await this.page.locator('label').filter({ hasText: option }).click()
  }

  async makePlan(): Promise<void> {
    await this.button('Make the plan').click()
    await expect(this.button('Continue to confirm')).toBeVisible({ timeout: 30_000 })
  }

  async continueToConfirm(): Promise<void> {
    await this.button('Continue to confirm').click()
    await this.showsStep('Confirm')
  }

  /** Waits for the page of the restore; answers its id. */
  async result(): Promise<string> {
    await this.page.waitForURL(/\/restores\/[0-9A-Z]{26}/, { timeout: 60_000 })
    return /\/restores\/([0-9A-Z]{26})/.exec(this.page.url())?.[1] ?? ''
  }

  async showsStep(name: string): Promise<void> {
    await expect(this.page.locator('[aria-current="step"]').first()).toContainText(name)
  }

  /** Undoes the restore that is shown, with its name typed. */
  async undo(name: string): Promise<void> {
    await this.button('Undo…').click()
    await expect(this.name).toBeVisible({ timeout: 30_000 })
    await this.name.fill(name)
    await this.button(/^Undo the restore of/).click()
    await expect(this.page.getByText(/The restore was undone/)).toBeVisible({ timeout: 30_000 })
  }
}
