import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function BackupsPage() {
  return <Page title="Backups">Not written yet.</Page>
}
