import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function BackupPage() {
  return <Page title="Backup">Not written yet.</Page>
}
