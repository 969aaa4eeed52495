// zod tries once whether it may make functions from text, which the content security policy reports as a violation.
// It asks when the first schema is made, and the bundler decides which module that is: so this is no module.
globalThis.__zod_globalConfig = { jitless: true }
