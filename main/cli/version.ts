/** The version of the application; the same as in `package.json`, which a test holds it against. */
export const appVersion = '0.1.0'
