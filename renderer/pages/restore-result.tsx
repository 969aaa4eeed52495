import { useParams } from '@tanstack/react-router'
import { RestoreResult } from '../features/restore/restore-result.tsx'

/** The page of one restore. */
export function RestoreResultPage() {
  const { restore } = useParams({ from: '/restores/$restore' })
  return <RestoreResult id={restore} />
}
