import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function JobPage() {
  return <Page title="Run">Not written yet.</Page>
}
