import { expect, test } from 'vitest'
import { parseMaps } from '../../src/procfs/maps.ts'

test('lines with a file are told apart from anonymous memory and cut-off lines', () => {
  const text = [
    '55ab67d26000-55ab67d55000 r--p 0002f000 fe:00 260104                     /usr/bin/bash',
    '7f0000000000-7f0000200000 rw-p 00000000 00:00 0 ',
    '7ffd1c000000-7ffd1c021000 rw-p 00000000 00:00 0                          [stack]',
    '7f2000000000-7f2040000000 rw-s 140000000 00:06 393                       /dev/dax0.0',
    '7f3000000000-7f3000001000 rw-s 00000000 fd:12c 77      /var/a b\\012c (deleted)',
    'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]',
    '7f4000000000-7f40',
  ].join('\n')
  expect([...parseMaps(text)]).toEqual([
    {
      range: '55ab67d26000-55ab67d55000',
      length: 0x2f000,
      offset: 0x2f000,
      shared: false,
      major: 0xfe,
      minor: 0,
      inode: 260104,
      path: '/usr/bin/bash',
      deleted: false,
    },
    {
      range: '7f2000000000-7f2040000000',
      length: 0x40000000,
      offset: 0x140000000,
      shared: true,
      major: 0,
      minor: 6,
      inode: 393,
      path: '/dev/dax0.0',
      deleted: false,
    },
    {
      range: '7f3000000000-7f3000001000',
      length: 4096,
      offset: 0,
      shared: true,
      major: 0xfd,
      minor: 0x12c,
      inode: 77,
      path: '/var/a b\nc',
      deleted: true,
    },
  ])
})
