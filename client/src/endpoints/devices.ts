import type { Caller } from '../caller.ts'
import { follow, type Unawaited } from '../follow.ts'
import { type Listing, listing } from '../listing.ts'
import type { CallOptions, ChangeOptions, FollowOptions, PostOptions } from '../options.ts'
import { route } from '../url.ts'
import type {
  DeviceDisable,
  DeviceListQuery,
  DeviceQuery,
  DeviceUsersView,
  DeviceView,
  OperationView,
  RemovalQuery,
  RevokedView,
} from '../wire.ts'

/** Live state of `/dev/daxR.N`. */
export interface Devices {
  list(query?: DeviceListQuery, options?: CallOptions): Listing<DeviceView>
  get(chardev: string, query?: DeviceQuery, options?: CallOptions): Promise<DeviceView>
  /** The ledger's holders and the host's processes side by side. */
  users(
    chardev: string,
    query?: Pick<DeviceQuery, 'generation'>,
    options?: CallOptions,
  ): Promise<DeviceUsersView>
  /** Begins a new generation; enabling what is enabled changes nothing. */
  enable(chardev: string, options?: PostOptions): Promise<DeviceView>
  disable(
    chardev: string,
    how: DeviceDisable,
    options: PostOptions & FollowOptions & Unawaited,
  ): Promise<DeviceView | OperationView>
  disable(
    chardev: string,
    how?: DeviceDisable,
    options?: PostOptions & FollowOptions,
  ): Promise<DeviceView>
  /** Only a device that no namespace owns. Answers what a revoke has hit, else nothing. */
  delete(
    chardev: string,
    query: RemovalQuery,
    options: ChangeOptions & FollowOptions & Unawaited,
  ): Promise<RevokedView | OperationView | undefined>
  delete(
    chardev: string,
    query?: RemovalQuery,
    options?: ChangeOptions & FollowOptions,
  ): Promise<RevokedView | undefined>
}

/** The methods on devices. */
export function devices(caller: Caller): Devices {
  const one = (chardev: string) => route`/v1/devices/${chardev}`
  return {
    list: (query, options) =>
      listing(caller, { path: '/v1/devices', query: { ...query } }, options),
    get: (chardev, query, options) =>
      caller.call({ method: 'GET', path: one(chardev), query: { ...query } }, options),
    users: (chardev, query, options) =>
      caller.call({ method: 'GET', path: `${one(chardev)}/users`, query: { ...query } }, options),
    enable: (chardev, options) =>
      caller.call({ method: 'POST', path: `${one(chardev)}/enable` }, options),
    disable: (chardev: string, how?: DeviceDisable, options?: PostOptions & FollowOptions) =>
      follow<DeviceView>(
        caller,
        { method: 'POST', path: `${one(chardev)}/disable`, body: how ?? {} },
        options,
      ),
    delete: (chardev: string, query?: RemovalQuery, options?: ChangeOptions & FollowOptions) =>
      follow<RevokedView | undefined>(
        caller,
        { method: 'DELETE', path: one(chardev), query: { ...query } },
        options,
      ),
  }
}
