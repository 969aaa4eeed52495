import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const looks = [
  { name: 'light', colorScheme: 'light', forcedColors: 'none' },
  { name: 'dark', colorScheme: 'dark', forcedColors: 'none' },
  { name: 'forced colours', colorScheme: 'light', forcedColors: 'active' },
] as const

/** Fails the test, softly, where axe finds something in the light, in the dark or in forced colours. The page is light afterwards. */
export async function expectForEverybody(page: Page, where: string): Promise<void> {
  for (const { name, colorScheme, forcedColors } of looks) {
    await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' })
    await endTransitions(page)
    const { violations } = await new AxeBuilder({ page })
      // React Aria's announcer is there for some seconds, points at what was pressed, and has no name.
      .exclude('[data-live-announcer]')
      .options({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
      })
      // The window has no frames: the other mode opens a page of its own for each look.
      .setLegacyMode()
      .analyze()
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
    expect.soft(told, `${where}, ${name}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: null })
}

/** A colour on its way to another is no colour of the page. The end of one may begin another: a child that inherits it. */
async function endTransitions(page: Page): Promise<void> {
  const isStill = () => {
    const running = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    for (const transition of running) transition.finish()
    return running.length === 0
  }
  await page.waitForFunction(isStill)
}
