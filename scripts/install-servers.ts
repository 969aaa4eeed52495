/**
 * `npm run install-servers`: installs the servers and programs that the tests need and that are missing.
 * Debian packages only as root or with sudo that asks nothing; otherwise it says what to install.
 * Prints one line for each thing done, and nothing else changes when everything is there.
 */
import { installDebianPackages } from './servers/debian.ts'
import { installPostgresWheel } from './servers/postgres-wheel.ts'

installDebianPackages()
installPostgresWheel()
