import { AppError } from '../../../preload/contract/index.ts'
import type { CommandGroup } from './group.ts'

/** `serve`, for the help and the reference: the program hands it to the browser host before anything is parsed. */
export const addServeCommand: CommandGroup = (program, run) => {
  program
    .command('serve')
    .description(
      'the application in a browser of this machine: prints an address on 127.0.0.1 that works once. Enter prints another, Ctrl-C ends. Takes no other flags than these',
    )
    .option('--port <n>', 'any free one by default')
    .option('--allow <folder>', 'may be given several times: a folder in which the window may choose files')
    .option('--home <folder>', 'where Holdfast keeps its data, instead of HOLDFAST_HOME')
    .action(() =>
      run(() => {
        const remedy = 'Write it as the first word: holdfast serve.'
        return Promise.reject(new AppError('USAGE', 'serve takes no flags before it.', { remedy }))
      }),
    )
}
