import { useEffect, useState } from 'react'
import type { EventPayload } from '../../../preload/contract/index.ts'
import { transport } from '../../lib/api.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'

type Notice = EventPayload<'window.notice'>

const most = 5

/** What the system could not show as a notification of its own. It stays until it is put away. */
export function Notices() {
  const [notices, setNotices] = useState<readonly Notice[]>([])
  useEffect(
    () =>
      transport.subscribe('window.notice', (notice) =>
        setNotices((all) =>
          [notice, ...all.filter((each) => each.title !== notice.title || each.text !== notice.text)].slice(0, most),
        ),
      ),
    [],
  )
  if (notices.length === 0) return null
  return (
    <div className="flex flex-col gap-2 p-2" role="region" aria-label="Notices">
      {notices.map((notice) => (
        <Callout
          key={`${notice.title} ${notice.text}`}
          tone="muted"
          word={notice.title}
          isAlert
          actions={
            <>
              {notice.route === null ? null : (
                <LinkButton size="sm" href={notice.route}>
                  Show it
                </LinkButton>
              )}
              <Button size="sm" onPress={() => setNotices((all) => all.filter((each) => each !== notice))}>
                Put away
              </Button>
            </>
          }
        >
          {notice.text}
        </Callout>
      ))}
    </div>
  )
}
