import { AppError } from '../../preload/contract/index.ts'
import type { Prompts } from './io.ts'

/** Prompts on the terminal. They are drawn on stderr, so that stdout stays data. */
export const terminalPrompts: Prompts = {
  secret: (message) =>
    asked(async () => {
      const { password } = await import('@inquirer/prompts')
      return await password({ message, mask: false, toggleMask: false }, streams())
    }),
  text: (message) =>
    asked(async () => {
      const { input } = await import('@inquirer/prompts')
      return await input({ message }, streams())
    }),
}

function streams() {
  return { input: process.stdin, output: process.stderr }
}

async function asked(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask()
  } catch (error) {
    // Inquirer's name for Ctrl-C at a prompt: https://github.com/SBoudrias/Inquirer.js#handling-ctrlc-gracefully
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new AppError('CANCELLED', 'The question was left without an answer.', { cause: error })
    }
    throw error
  }
}
