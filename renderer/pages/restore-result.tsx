import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function RestoreResultPage() {
  return <Page title="Restore">Not written yet.</Page>
}
