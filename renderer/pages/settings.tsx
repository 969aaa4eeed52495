import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function SettingsPage() {
  return <Page title="Settings">Not written yet.</Page>
}
