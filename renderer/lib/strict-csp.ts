import { z } from 'zod'

// zod tries eval once, which the content security policy reports as a violation. Has to run before the first schema is used.
z.config({ jitless: true })
