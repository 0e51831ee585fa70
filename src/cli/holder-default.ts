import { hostname, userInfo } from 'node:os'

/** Who holds something, where nobody says: the user of this machine. */
export function holderDefault(): string {
  return `${userInfo().username}@${hostname()}`
}
