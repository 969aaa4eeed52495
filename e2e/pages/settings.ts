import type { Locator, Page } from '@playwright/test'

/** The settings: sections, and the forms of the key. */
export class SettingsPages {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  section(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name })
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true })
  }

  /** Makes a folder in the dialog that looks through folders, and uses it. */
  async chooseNewFolder(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /Choose…|Change…/ }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'New folder here' }).fill(name)
    await dialog.getByRole('button', { name: 'Make it' }).click()
    await dialog.getByText(new RegExp(`/${name}$`)).waitFor()
    await dialog.getByRole('button', { name: 'Use this folder' }).click()
  }

  /** Opens folders one after the other, then the file, in the dialog. */
  async chooseFile(...names: readonly string[]): Promise<void> {
    await this.page.getByRole('button', { name: /Choose…|Change…/ }).click()
    const dialog = this.page.getByRole('dialog')
    for (const name of names) await dialog.getByRole('button', { name }).first().click()
    await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  }
}
