import { formatRate } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { linePoints, type Sample } from './throughput.ts'

const width = 600
const height = 64

/** How fast it went since this page was opened: a line, and the same in words. */
export function ThroughputLine({ samples }: { readonly samples: readonly Sample[] }) {
  const moving = samples.filter(({ bytesPerSecond }) => bytesPerSecond > 0)
  if (moving.length < 2) return null
  const top = Math.max(...moving.map(({ bytesPerSecond }) => bytesPerSecond))
  const mean = moving.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0) / moving.length
  const points = linePoints(samples, width, height)
  const words = `${formatRate(mean)} on average, ${formatRate(top)} at most`
  return (
    <Section title="Throughput" note={`since this page was opened: ${words}`}>
      <svg
        role="img"
        aria-label={`Throughput: ${words}`}
        viewBox={`0 -2 ${String(width)} ${String(height + 3)}`}
        preserveAspectRatio="none"
        className="block h-16 w-full rounded-lg border border-line bg-surface text-accent"
      >
        <polygon
          points={`0,${String(height)} ${points} ${String(width)},${String(height)}`}
          fill="var(--accent-soft)"
        />
        <polyline
          points={points}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    </Section>
  )
}
