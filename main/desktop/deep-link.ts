import { JobId } from '../../preload/contract/index.ts'

/** The scheme of links that other programs may open. */
export const linkScheme = 'holdfast'

const pattern = /^holdfast:\/\/run\/([0-9A-Za-z]{26})\/?$/

/** The page that `holdfast://run/<id>` means; null for anything else. A link shows, it never acts: it has no verbs. */
export function routeOfLink(link: string): string | null {
  const id = JobId.safeParse(pattern.exec(link)?.[1])
  return id.success ? routeOfJob(id.data) : null
}

/** The page of one run. */
export function routeOfJob(id: JobId): string {
  return `/activity/${id}`
}
