/** The names under which Electron's window and its main process speak. Shared by preload and main/desktop only. */
export const channels = {
  /** Window to main: a method of the contract and its input. Answers an `Answer`. */
  invoke: 'holdfast:invoke',
  /** Window to main: the path of a file that was dropped. Answers an `Answer` with the id under which it is known. */
  dropped: 'holdfast:dropped',
  /** Window to main: the name of an event that the window hears from now on. */
  listening: 'holdfast:listening',
  /** Main to window: the name of an event and its payload. */
  event: 'holdfast:event',
} as const
