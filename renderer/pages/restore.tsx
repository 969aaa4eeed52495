import { RestoreWizard } from '../features/restore/restore-wizard.tsx'

/** The restore wizard. */
export function RestorePage() {
  return <RestoreWizard />
}
