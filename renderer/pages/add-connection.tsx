import { AddConnection } from '../features/connections/add/add-connection.tsx'

/** The wizard that adds a connection. */
export function AddConnectionPage() {
  return <AddConnection />
}
