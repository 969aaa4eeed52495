import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function ActivityPage() {
  return <Page title="Activity">Not written yet.</Page>
}
