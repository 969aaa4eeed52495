import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function ConnectionsPage() {
  return <Page title="Connections">Not written yet.</Page>
}
