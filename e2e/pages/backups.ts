import type { Locator, Page } from '@playwright/test'

/** The list of backups, the time line, and the page of one backup. */
export class BackupsPages {
  readonly page: Page
  readonly grid: Locator
  readonly search: Locator
  readonly contents: Locator

  constructor(page: Page) {
    this.page = page
    this.grid = page.getByRole('grid', { name: 'Backups' })
    this.search = page.getByRole('searchbox', { name: 'Database, table, name or id' })
    this.contents = page.getByRole('table', { name: 'What the backup holds' })
  }

  /** A row by its place: 1 is the first. */
  row(place: number): Locator {
    return this.grid.locator(`[role=row][aria-rowindex="${String(place + 1)}"]`)
  }

  /** The row that the keyboard is at. */
  async activeRow(): Promise<string | null> {
    const id = await this.grid.getAttribute('aria-activedescendant')
    return id === null ? null : this.grid.locator(`[id="${id}"]`).getAttribute('aria-rowindex')
  }

  rowsOf(table: string): Locator {
    return this.page.getByRole('region', { name: `Rows of ${table}` })
  }

  mark(name: RegExp): Locator {
    return this.page.getByRole('link', { name })
  }
}
