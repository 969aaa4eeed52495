import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function InspectPage() {
  return <Page title="Inspect">Not written yet.</Page>
}
