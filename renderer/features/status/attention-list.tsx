import type { Attention } from '../../../preload/contract/index.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import type { Tone } from '../../ui/status.tsx'
import { attentionLink } from './attention-actions.ts'

const severities: Readonly<Record<Attention['severity'], readonly [tone: Tone, word: string]>> = {
  bad: ['bad', 'Failed'],
  late: ['late', 'Overdue'],
  warning: ['warn', 'Warning'],
}

/** What waits for a person, each with the button that mends it. */
export function AttentionList({ items }: { readonly items: readonly Attention[] }) {
  if (items.length === 0) return null
  return (
    <ul aria-label="Needs attention" className="m-0 flex list-none flex-col gap-2 p-0">
      {items.map((item) => {
        const [tone, word] = severities[item.severity]
        return (
          <li key={`${item.subject} ${item.sentence}`}>
            <Callout
              tone={tone}
              word={word}
              actions={item.actions.map((action) => {
                const { label, href } = attentionLink(action)
                return (
                  <LinkButton key={href} size="sm" href={href} label={`${label}: ${item.subject}`}>
                    {label}
                  </LinkButton>
                )
              })}
            >
              <strong className="font-semibold">{item.subject}</strong> {item.sentence}
            </Callout>
          </li>
        )
      })}
    </ul>
  )
}
