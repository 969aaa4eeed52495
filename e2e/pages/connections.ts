import { expect, type Locator, type Page } from '@playwright/test'

/** The wizard that adds a connection, as a person uses it. */
export class AddConnectionPage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  get title(): Locator {
    return this.#page.getByRole('heading', { level: 1 })
  }

  get answers(): Locator {
    return this.#page.getByLabel('Your answers')
  }

  async chooseEngine(name: 'SQLite' | 'PostgreSQL'): Promise<void> {
    await this.choose(name)
    await this.next()
    await expect(this.title).toHaveText('Details')
  }

  /** Chooses a file of the home folder in the window's own dialog. */
  async chooseFile(...path: readonly string[]): Promise<void> {
    await this.#page.getByRole('group', { name: 'Database file' }).getByRole('button').click()
    const dialog = this.#page.getByRole('dialog')
    for (const name of path) await dialog.getByRole('button', { name: new RegExp(` ${name}\\b`) }).click()
    await dialog.getByRole('button', { name: 'Open' }).click()
    await expect(dialog).toBeHidden()
  }

  /** Pastes as a person does: the text comes by the clipboard. */
  async pasteAddress(text: string): Promise<void> {
    await this.#page.getByLabel('Paste an address (optional)').evaluate((field, pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', pasted)
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)
  }

  field(label: string): Locator {
    return this.#page.getByLabel(label, { exact: true })
  }

  /** One of the large choices. */
  async choose(name: string): Promise<void> {
    await this.#page.getByRole('radio', { name: new RegExp(`^${name}\\b`) }).check({ force: true })
  }

  async next(name = 'Next'): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true }).click()
  }

  /** From the details to the result of the test. */
  async test(environment: string): Promise<void> {
    await this.next()
    await this.choose(environment)
    await this.next('Test the connection')
  }
}
