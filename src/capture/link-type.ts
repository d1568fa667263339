/** Link types: what kind of header a packet begins with. Numbers and names of draft-ietf-opsawg-pcaplinktype. */

/** The link types whose packets are decoded. */
export const LinkType = {
  Null: 0,
  Ethernet: 1,
  Ppp: 9,
  Raw: 101,
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  Nflog: 239,
  Pktap: 258,
  LinuxSll2: 276,
} as const

/** Runs of names, each beginning at its number and counting up by one. */
const RUNS: Readonly<Record<number, string>> = {
  0: 'NULL ETHERNET EXP_ETHERNET AX25 PRONET CHAOS IEEE802_5 ARCNET_BSD SLIP PPP FDDI',
  50: 'PPP_HDLC PPP_ETHER',
  99: 'SYMANTEC_FIREWALL ATM_RFC1483 RAW',
  104: 'C_HDLC IEEE802_11 ATM_CLIP FRELAY LOOP ENC',
  112: 'NETBSD_HDLC LINUX_SLL LTALK ECONET IPFILTER PFLOG CISCO_IOS IEEE802_11_PRISM AIRONET_HEADER',
  122: 'IP_OVER_FC SUNATM RIO PCI_EXP AURORA IEEE802_11_RADIOTAP TZSP ARCNET_LINUX',
  130: 'JUNIPER_MLPPP JUNIPER_MLFR JUNIPER_ES JUNIPER_GGSN JUNIPER_MFR JUNIPER_ATM2 JUNIPER_SERVICES JUNIPER_ATM1',
  138: 'APPLE_IP_OVER_IEEE1394 MTP2_WITH_PHDR MTP2 MTP3 SCCP DOCSIS LINUX_IRDA IBM_SP IBM_SN',
  147: 'USER0 USER1 USER2 USER3 USER4 USER5 USER6 USER7 USER8 USER9 USER10 USER11 USER12 USER13 USER14 USER15',
  163: 'IEEE802_11_AVS JUNIPER_MONITOR BACNET_MS_TP PPP_PPPD JUNIPER_PPPOE JUNIPER_PPPOE_ATM GPRS_LLC GPF_T GPF_F',
  172: 'GCOM_T1E1 GCOM_SERIAL JUNIPER_PIC_PEER ERF_ETH ERF_POS LINUX_LAPD JUNIPER_ETHER JUNIPER_PPP JUNIPER_FRELAY',
  181: 'JUNIPER_CHDLC MFR JUNIPER_VP A429 A653_ICM USB_FREEBSD BLUETOOTH_HCI_H4 IEEE802_16_MAC_CPS USB_LINUX CAN20B',
  191: 'IEEE802_15_4_LINUX PPI IEEE802_16_MAC_CPS_RADIO JUNIPER_ISM IEEE802_15_4_WITHFCS SITA ERF RAIF1 IPMB_KONTRON',
  200: 'JUNIPER_ST BLUETOOTH_HCI_H4_WITH_PHDR AX25_KISS LAPD PPP_WITH_DIR C_HDLC_WITH_DIR FRELAY_WITH_DIR LAPB_WITH_DIR',
  209: 'IPMB_LINUX FLEXRAY MOST LIN X2E_SERIAL X2E_XORAYA IEEE802_15_4_NONASK_PHY LINUX_EVDEV GSMTAP_UM GSMTAP_ABIS',
  219: 'MPLS USB_LINUX_MMAPPED DECT AOS WIHART FC_2 FC_2_WITH_FRAME_DELIMS IPNET CAN_SOCKETCAN IPV4 IPV6',
  230: 'IEEE802_15_4_NOFCS DBUS JUNIPER_VS JUNIPER_SRX_E2E JUNIPER_FIBRECHANNEL DVB_CI MUX27010 STANAG_5066_D_PDU',
  238: 'JUNIPER_ATM_CEMIC NFLOG NETANALYZER NETANALYZER_TRANSPARENT IPOIB MPEG_2_TS NG40 NFC_LLCP PFSYNC INFINIBAND',
  248: 'SCTP USBPCAP RTAC_SERIAL BLUETOOTH_LE_LL WIRESHARK_UPPER_PDU NETLINK BLUETOOTH_LINUX_MONITOR BLUETOOTH_BREDR_BB',
  256: 'BLUETOOTH_LE_LL_WITH_PHDR PROFIBUS_DL PKTAP EPON IPMI_HPM_2 ZWAVE_R1_R2 ZWAVE_R3 WATTSTOPPER_DLM ISO_14443 RDS',
  266: 'USB_DARWIN OPENFLOW SDLC TI_LLN_SNIFFER LORATAP VSOCK NORDIC_BLE DOCSIS31_XRA31 ETHERNET_MPACKET',
  275: 'DISPLAYPORT_AUX LINUX_SLL2 SERCOS_MONITOR OPENVIZSLA EBHSCR VPP_DISPATCH DSA_TAG_BRCM DSA_TAG_BRCM_PREPEND',
  283: 'IEEE802_15_4_TAP DSA_TAG_DSA DSA_TAG_EDSA ELEE ZWAVE_SERIAL USB_2_0 ATSC_ALP ETW NETANALYZER_NG ZBOSS_NCP',
  293: 'USB_2_0_LOW_SPEED USB_2_0_FULL_SPEED USB_2_0_HIGH_SPEED AUERSWALD_LOG ZWAVE_TAP SILABS_DEBUG_CHANNEL FIRA_UCI',
  300: 'MDB DECT_NR',
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(RUNS).flatMap(([first, names]) =>
    names.split(' ').map((name, index) => [Number(first) + index, name]),
  ),
)

/**
 * The name of a link type without its `LINKTYPE_`, such as `LINUX_SLL2`; `LINKTYPE_nnn` when it has none.
 * `linkType`: LINKTYPE_ number, 0 to 65535.
 * @example
 * ```js
 * import { linkTypeName } from 'ovl-dissect'
 *
 * console.log(linkTypeName(276), linkTypeName(1)) // LINUX_SLL2 ETHERNET
 * ```
 */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `LINKTYPE_${linkType}`
}

/** What Wireshark calls a link type in its `Encapsulation type`, with its own number for it. */
export interface Encapsulation {
  readonly text: string
  readonly number: number
}

const ENCAPSULATIONS: ReadonlyMap<number, Encapsulation> = new Map([
  [LinkType.Null, { text: 'NULL/Loopback', number: 15 }],
  [LinkType.Ethernet, { text: 'Ethernet', number: 1 }],
  [LinkType.Ppp, { text: 'PPP', number: 4 }],
  [LinkType.Raw, { text: 'Raw IP', number: 7 }],
  [LinkType.Loop, { text: 'OpenBSD loopback', number: 174 }],
  [LinkType.LinuxSll, { text: 'Linux cooked-mode capture v1', number: 25 }],
  [LinkType.Ipv4, { text: 'Raw IPv4', number: 129 }],
  [LinkType.Ipv6, { text: 'Raw IPv6', number: 130 }],
  [LinkType.Nflog, { text: 'NFLOG', number: 141 }],
  [LinkType.Pktap, { text: 'Apple PKTAP', number: 171 }],
  [LinkType.LinuxSll2, { text: 'Linux cooked-mode capture v2', number: 210 }],
])

/** Wireshark's words for a link type; undefined for link types that are not decoded. */
export function encapsulation(linkType: number): Encapsulation | undefined {
  return ENCAPSULATIONS.get(linkType)
}
