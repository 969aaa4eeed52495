import { Page } from '../ui/page.tsx'

/** Not written yet. */
export function BackUpPage() {
  return <Page title="Back up">Not written yet.</Page>
}
