/** Names of link types. */
import { expect, test } from 'vitest'
import { encapsulation, LinkType, linkTypeName } from '../../src/capture/link-type.ts'

test.each([
  [0, 'NULL'],
  [1, 'ETHERNET'],
  [101, 'RAW'],
  [105, 'IEEE802_11'],
  [108, 'LOOP'],
  [109, 'ENC'],
  [113, 'LINUX_SLL'],
  [117, 'PFLOG'],
  [127, 'IEEE802_11_RADIOTAP'],
  [147, 'USER0'],
  [162, 'USER15'],
  [177, 'LINUX_LAPD'],
  [189, 'USB_LINUX'],
  [197, 'ERF'],
  [207, 'LAPB_WITH_DIR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [228, 'IPV4'],
  [229, 'IPV6'],
  [239, 'NFLOG'],
  [253, 'NETLINK'],
  [258, 'PKTAP'],
  [271, 'VSOCK'],
  [276, 'LINUX_SLL2'],
  [290, 'ETW'],
  [299, 'FIRA_UCI'],
  [301, 'DECT_NR'],
])('link type %i is %s', (number, name) => {
  expect(linkTypeName(number)).toBe(name)
})

test.each([11, 208, 302, 65_535])('link type %i has no name of its own', (number) => {
  expect(linkTypeName(number)).toBe(`LINKTYPE_${number}`)
  expect(encapsulation(number)).toBeUndefined()
})

test.each([
  [LinkType.Ethernet, 'Ethernet (1)'],
  [LinkType.LinuxSll, 'Linux cooked-mode capture v1 (25)'],
  [LinkType.LinuxSll2, 'Linux cooked-mode capture v2 (210)'],
  [LinkType.Null, 'NULL/Loopback (15)'],
  [LinkType.Loop, 'OpenBSD loopback (174)'],
  [LinkType.Raw, 'Raw IP (7)'],
  [LinkType.Ipv4, 'Raw IPv4 (129)'],
  [LinkType.Ipv6, 'Raw IPv6 (130)'],
])('link type %i is what tshark calls %s', (number, words) => {
  const found = encapsulation(number)
  expect(`${found?.text} (${found?.number})`).toBe(words)
})
