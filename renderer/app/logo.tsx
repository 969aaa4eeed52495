/** The mark: an H that is held fast on both sides. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" fill="none" aria-hidden className="shrink-0">
      <rect width="22" height="22" rx="6" className="fill-accent" />
      <path d="M7 5.5v11M15 5.5v11M7 11h8" className="stroke-accent-ink" strokeWidth="2.2" strokeLinecap="round" />
      <path
        d="M4.6 16.5h4.8M12.6 16.5h4.8M4.6 5.5h4.8M12.6 5.5h4.8"
        className="stroke-accent-ink"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  )
}
