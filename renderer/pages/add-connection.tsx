import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function AddConnectionPage() {
  return <Page title="Add a connection">Not written yet.</Page>
}
