/** The version of the application; a test holds it against `package.json`. */
export const appVersion = '0.1.0'
