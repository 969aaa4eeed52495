import type { Page } from '@playwright/test'

/**
 * Writes down what goes wrong inside a page: errors and warnings of the console, exceptions, and what the content
 * security policy forbade (also where the page would not notice).
 */
export async function watchPage(page: Page, complaints: string[]): Promise<void> {
  page.on('console', (message) => {
    const type = message.type()
    if (type === 'error' || type === 'warning') complaints.push(`console ${type}: ${message.text()}`)
  })
  page.on('pageerror', (error) => void complaints.push(`exception: ${error.stack ?? error.message}`))
  await page.exposeFunction('tellPolicyViolation', (text: string) => void complaints.push(`policy: ${text}`))
  await page.addInitScript(() => {
    document.addEventListener(
      'securitypolicyviolation',
      ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        const { tellPolicyViolation: tell } = window as unknown as { tellPolicyViolation: (text: string) => void }
        tell(`${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`)
      },
    )
  })
}
