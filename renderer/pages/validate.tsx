import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function ValidatePage() {
  return <Page title="Validate">Not written yet.</Page>
}
