import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function ConnectionPage() {
  return <Page title="Connection">Not written yet.</Page>
}
