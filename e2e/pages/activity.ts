import type { Locator, Page } from '@playwright/test'

/** The activity page and the page of one job. */
export class ActivityPages {
  readonly page: Page
  readonly history: Locator
  readonly log: Locator

  constructor(page: Page) {
    this.page = page
    this.history = page.getByRole('table', { name: 'Jobs that ended' })
    this.log = page.getByRole('region', { name: 'Lines of the log' })
  }

  row(title: string): Locator {
    return this.history.getByRole('row').filter({ hasText: title })
  }

  /** Chooses in the list that opens from a button with this label. */
  async choose(label: string, option: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(label) }).click()
    await this.page.getByRole('option', { name: option, exact: true }).click()
  }

  /** Starts a backup over the contract, as another window would; answers the job's id. */
  async startBackup(connection: string): Promise<string> {
    return this.page.evaluate(async (reference) => {
      const response = await fetch('/api/backups.start', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ connection: reference }),
      })
      const answer = (await response.json()) as { readonly data: { readonly jobId: string } }
      return answer.data.jobId
    }, connection)
  }
}
