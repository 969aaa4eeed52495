import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels } from './contract/channels.ts'

/** All that the window can reach. Nothing of Electron itself is handed on. */
const bridge = {
  invoke: (method: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(channels.invoke, method, input),

  /** Calls `listener` with each payload of `event` until the returned function is called. */
  subscribe: (event: string, listener: (payload: unknown) => void): (() => void) => {
    const hear = (_event: unknown, name: unknown, payload: unknown) => {
      if (name === event) listener(payload)
    }
    ipcRenderer.on(channels.event, hear)
    ipcRenderer.send(channels.listening, event)
    return () => void ipcRenderer.off(channels.event, hear)
  },

  /** The file itself comes from a drop; its path goes to main, which answers the id of a picked path. */
  pathOfDropped: (file: File): Promise<unknown> => ipcRenderer.invoke(channels.dropped, webUtils.getPathForFile(file)),
}

contextBridge.exposeInMainWorld('holdfast', bridge)
