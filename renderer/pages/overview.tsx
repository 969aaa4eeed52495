import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function OverviewPage() {
  return <Page title="Overview">Not written yet.</Page>
}
