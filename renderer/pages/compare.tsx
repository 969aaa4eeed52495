import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function ComparePage() {
  return <Page title="Compare">Not written yet.</Page>
}
