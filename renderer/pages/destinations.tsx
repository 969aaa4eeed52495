import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function DestinationsPage() {
  return <Page title="Destinations">Not written yet.</Page>
}
