import type { Badge, RestorePlan } from '../../../preload/contract/index.ts'
import { Box } from '../../ui/box.tsx'
import { TextLink } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/fields.tsx'
import { Status } from '../../ui/status.tsx'
import { checklistOf } from './checklist.ts'
import { useUsersTold } from './wizard-memory.ts'

/** What to have seen to before it starts. What is left open doesn't stop it, and is written down. */
export function Checklist({ plan, badge }: { readonly plan: RestorePlan; readonly badge: Badge | null }) {
  const [isTold, setTold] = useUsersTold(plan.hash)
  const items = checklistOf(plan, badge, isTold)
  const open = items.filter(({ isDone }) => !isDone).length
  return (
    <Box padded>
      <h2 className="m-0 mb-2 text-base">Before it can start</h2>
      <ul className="m-0 flex list-none flex-col gap-1.5 p-0">
        {items.map(({ id, isDone, text }) => (
          <li key={id} className="[&_span]:whitespace-normal">
            {id === 'told' ? (
              <Checkbox isSelected={isTold} onChange={setTold}>
                Users were told
              </Checkbox>
            ) : (
              <Status tone={isDone ? 'ok' : 'warn'}>{text}</Status>
            )}
            {(id === 'proven' || id === 'verified') && !isDone ? (
              <span className="ml-[21px] block text-sm">
                <TextLink href={`/backups/${plan.backup}/validate?level=${id === 'proven' ? 'restore' : 'decode'}`}>
                  {id === 'proven' ? 'Run a restore test' : 'Verify it now'}
                </TextLink>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <p className="mt-2 mb-0 text-sm text-ink-3">
        {open === 0 ? 'Nothing is open.' : `What is open when it starts goes into the audit log: ${String(open)} now.`}
      </p>
    </Box>
  )
}
