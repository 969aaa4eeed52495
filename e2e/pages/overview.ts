import type { Locator, Page } from '@playwright/test'

/** The overview as a person uses it; counts what they do. */
export class OverviewPage {
  readonly page: Page
  readonly setUp: Locator
  readonly attention: Locator
  readonly databases: Locator
  interactions = 0

  constructor(page: Page) {
    this.page = page
    this.setUp = page.getByRole('region', { name: 'Set up' })
    this.attention = page.getByRole('list', { name: 'Needs attention' })
    this.databases = page.getByRole('table', { name: 'Databases' })
  }

  /** A click on a button or a link, wherever it stands. */
  async press(name: string | RegExp): Promise<void> {
    this.interactions += 1
    const button = this.page.getByRole('button', { name })
    await button.or(this.page.getByRole('link', { name })).first().click()
  }

  /** A step of the set-up list. */
  step(title: string): Locator {
    return this.setUp.getByRole('listitem').filter({ has: this.page.getByText(title, { exact: true }) })
  }

  row(database: string): Locator {
    return this.databases.getByRole('row').filter({ hasText: database })
  }
}
