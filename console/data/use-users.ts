/** Who uses a device, read afresh when it is looked at and when the books say that it changed. */
import { useEffect, useState } from 'preact/hooks'
import type { DeviceUsersView } from '../../client/src/index.ts'
import { useApp } from '../app.ts'

/** Between two readings of the host's processes, milliseconds: each looks through all of /proc. */
const PAUSE_MS = 1000

export interface Users {
  /** Null until the first reading. */
  readonly users: DeviceUsersView | null
  readonly failure: unknown
  readonly isReading: boolean
  /** Reads now. */
  read(): Promise<void>
}

/** The users of a device as of the last reading; `mark` changes when there is a reason for one. */
export function useUsers(chardev: string, mark: string): Users {
  const { daxd } = useApp()
  const [users, setUsers] = useState<DeviceUsersView | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [isReading, setReading] = useState(false)

  async function read(): Promise<void> {
    setReading(true)
    try {
      setUsers(await daxd.devices.users(chardev))
      setFailure(null)
    } catch (error) {
      setFailure(error)
    } finally {
      setReading(false)
    }
  }

  useEffect(() => {
    const timer = setTimeout(read, users === null ? 0 : PAUSE_MS)
    return () => clearTimeout(timer)
  }, [chardev, mark])
  return { users, failure, isReading, read }
}
