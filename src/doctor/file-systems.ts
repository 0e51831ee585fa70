const VOLATILE = 'It lies in memory: a reboot loses the ledger and all emulated devices.'
const REMOTE = 'It lies on another machine: a commit is as durable and as fast as the server.'

/** File systems by statfs f_type. Source: include/uapi/linux/magic.h and each file system. */
const FILE_SYSTEMS = new Map<number, { readonly name: string; readonly risk: string | null }>([
  [0xef53, { name: 'ext4', risk: null }],
  [0x58465342, { name: 'xfs', risk: null }],
  [0x9123683e, { name: 'btrfs', risk: null }],
  [0x2fc12fc1, { name: 'zfs', risk: null }],
  [0xf2f52010, { name: 'f2fs', risk: null }],
  [0x794c7630, { name: 'overlay', risk: 'It belongs to a container and goes away with it.' }],
  [0x01021994, { name: 'tmpfs', risk: VOLATILE }],
  [0x858458f6, { name: 'ramfs', risk: VOLATILE }],
  [0x6969, { name: 'nfs', risk: REMOTE }],
  [0xfe534d42, { name: 'smb', risk: REMOTE }],
  [0xff534d42, { name: 'cifs', risk: REMOTE }],
])

/** Name and risk of a file system type; one that is not in the table is called by its number. */
export function fileSystemOf(type: number): {
  readonly name: string
  readonly risk: string | null
} {
  const number = type < 0 ? type + 2 ** 32 : type
  return FILE_SYSTEMS.get(number) ?? { name: `file system 0x${number.toString(16)}`, risk: null }
}
