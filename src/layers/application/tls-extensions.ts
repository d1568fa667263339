/** Extensions of hellos as nodes of the tree. RFC 8446 section 4.2, RFC 6066, RFC 7301, RFC 5746, RFC 8422. */
import { bytesText } from '../../bytes/address.ts'
import { type Field, type Names, nodeOf, remark, u8, u16, varying } from '../../dissect/field.ts'
import { byteNode, bytesNode, wordNode } from '../../dissect/field-nodes.ts'
import { asciiText, shown } from '../../dissect/format-text.ts'
import type { Node } from '../../dissect/node.ts'
import type { Reading } from '../../dissect/reading.ts'
import {
  Extension,
  extensionName,
  groupName,
  HASHES,
  POINT_FORMATS,
  PSK_MODES,
  SIGNATURES,
  schemeName,
  versionName,
} from './tls-numbers.ts'

const one = (name: string, label: string, names?: Names) => u8(name, label, -1, names === undefined ? {} : { names })
const two = (name: string, label: string, names?: Names) => u16(name, label, -1, names === undefined ? {} : { names })
const twoHex = (name: string, label: string, names: Names) => u16(name, label, -1, { base: 'hex', names })
const raw = (name: string, label: string) => varying('bytes', name, label, () => [])
const none = (name: string, label: string) => varying('none', name, label, () => [])

const field = {
  extensionsLength: two('tls.handshake.extensions_length', 'Extensions Length'),
  extensionType: two('tls.handshake.extension.type', 'Type', extensionName),
  extensionLength: two('tls.handshake.extension.len', 'Length'),
  extensionData: raw('tls.handshake.extension.data', 'Data'),
  namesLength: two('tls.handshake.extensions_server_name_list_len', 'Server Name list length'),
  nameType: one('tls.handshake.extensions_server_name_type', 'Server Name Type', { 0: 'host_name' }),
  nameLength: two('tls.handshake.extensions_server_name_len', 'Server Name length'),
  serverName: varying('string', 'tls.handshake.extensions_server_name', 'Server Name', () => []),
  groupsLength: two('tls.handshake.extensions_supported_groups_length', 'Supported Groups List Length'),
  groups: none('tls.handshake.extensions_supported_groups', 'Supported Groups'),
  group: twoHex('tls.handshake.extensions_supported_group', 'Supported Group', groupName),
  formatsLength: one('tls.handshake.extensions_ec_point_formats_length', 'EC point formats Length'),
  formats: none('tls.handshake.extensions_ec_point_formats', 'Elliptic curves point formats'),
  format: one('tls.handshake.extensions_ec_point_format', 'EC point format', POINT_FORMATS),
  schemesLength: two('tls.handshake.sig_hash_alg_len', 'Signature Hash Algorithms Length'),
  schemes: none('tls.handshake.sig_hash_algs', 'Signature Hash Algorithms'),
  scheme: twoHex('tls.handshake.sig_hash_alg', 'Signature Algorithm', schemeName),
  hash: one('tls.handshake.sig_hash_hash', 'Signature Hash Algorithm Hash', HASHES),
  signature: one('tls.handshake.sig_hash_sig', 'Signature Hash Algorithm Signature', SIGNATURES),
  alpnLength: two('tls.handshake.extensions_alpn_len', 'ALPN Extension Length'),
  alpnList: none('tls.handshake.extensions_alpn_list', 'ALPN Protocol'),
  alpnNameLength: one('tls.handshake.extensions_alpn_str_len', 'ALPN string length'),
  alpnName: varying('string', 'tls.handshake.extensions_alpn_str', 'ALPN Next Protocol', () => []),
  padding: raw('tls.handshake.extensions_padding_data', 'Padding Data'),
  versionsLength: one('tls.handshake.extensions.supported_versions_len', 'Supported Versions length'),
  supportedVersion: twoHex('tls.handshake.extensions.supported_version', 'Supported Version', versionName),
  modesLength: one('tls.extension.psk_ke_modes_length', 'PSK Key Exchange Modes Length'),
  mode: one('tls.extension.psk_ke_mode', 'PSK Key Exchange Mode', PSK_MODES),
  sharesLength: two('tls.handshake.extensions_key_share_client_length', 'Client Key Share Length'),
  shareGroup: two('tls.handshake.extensions_key_share_group', 'Group', groupName),
  shareLength: two('tls.handshake.extensions_key_share_key_exchange_length', 'Key Exchange Length'),
  share: raw('tls.handshake.extensions_key_share_key_exchange', 'Key Exchange'),
  renegotiationLength: one('tls.handshake.extensions_reneg_info_len', 'Renegotiation info extension length'),
  renegotiation: raw('tls.handshake.extensions_reneg_info', 'Renegotiation info'),
  selectedGroup: two('tls.handshake.extensions_key_share_selected_group', 'Selected Group', groupName),
} as const

/** What may lie beneath an extension. */
export const EXTENSION_FIELDS: readonly Field[] = Object.values(field)

function textNode(r: Reading, of: Field, start: number, end: number): Node {
  const value = asciiText(r.bytes, start, end)
  return nodeOf(of, { value, start, end, text: `${of.label}: ${shown(value)}` })
}

/** `2 suites`. */
export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Numbers of two bytes each, from `start` on as far as they fit. */
export function eachWord(r: Reading, of: Field, start: number, end: number): Node[] {
  const nodes: Node[] = []
  for (let at = start; at + 2 <= end; at += 2) nodes.push(wordNode(r, of, at))
  return nodes
}

/** Numbers of one byte each. */
export function eachByte(r: Reading, of: Field, start: number, end: number): Node[] {
  const nodes: Node[] = []
  for (let at = start; at < end; at++) nodes.push(byteNode(r, of, at))
  return nodes
}

/** A heading over the items of a list. */
export const listNode = (of: Field, text: string, start: number, end: number, children: readonly Node[]): Node =>
  nodeOf(of, { value: undefined, start, end, text, children })

/** The extensions whose length is at `at`, as far as they fit. */
export function extensionNodes(r: Reading, at: number, end: number, isClient: boolean): Node[] {
  if (at + 2 > end) return []
  const nodes = [wordNode(r, field.extensionsLength, at)]
  const limit = Math.min(at + 2 + r.view.getUint16(at), end)
  for (let position = at + 2; position + 4 <= limit; ) {
    const type = r.view.getUint16(position)
    const length = r.view.getUint16(position + 2)
    const start = position + 4
    if (start + length > limit) break
    const name = extensionName(type) ?? `Unknown type ${type}`
    nodes.push(
      remark(`Extension: ${name} (len=${length})`, position, start + length, [
        wordNode(r, field.extensionType, position),
        wordNode(r, field.extensionLength, position + 2),
        ...extensionBody(r, type, start, start + length, isClient),
      ]),
    )
    position = start + length
  }
  return nodes
}

function extensionBody(r: Reading, type: number, start: number, end: number, isClient: boolean): Node[] {
  if (start === end) return []
  switch (type) {
    case Extension.serverName:
      return serverNames(r, start, end)
    case Extension.supportedGroups:
      return counted(
        r,
        field.groupsLength,
        field.groups,
        start,
        end,
        (at) => eachWord(r, field.group, at, end),
        'group',
      )
    case Extension.signatureAlgorithms:
      return counted(r, field.schemesLength, field.schemes, start, end, (at) => schemeNodes(r, at, end), 'algorithm')
    case Extension.pointFormats: {
      const formats = eachByte(r, field.format, start + 1, end)
      const text = `Elliptic curves point formats (${formats.length})`
      return [byteNode(r, field.formatsLength, start), listNode(field.formats, text, start + 1, end, formats)]
    }
    case Extension.alpn:
      return alpnNodes(r, start, end)
    case Extension.padding:
      return [bytesNode(r, field.padding, start, end)]
    case Extension.supportedVersions:
      if (!isClient) return eachWord(r, field.supportedVersion, start, end)
      return [byteNode(r, field.versionsLength, start), ...eachWord(r, field.supportedVersion, start + 1, end)]
    case Extension.pskModes:
      return [byteNode(r, field.modesLength, start), ...eachByte(r, field.mode, start + 1, end)]
    case Extension.keyShare:
      return [remark('Key Share extension', start, end, keyShares(r, start, end, isClient))]
    case Extension.sessionTicket: {
      const value = bytesText(r.view, start, end - start)
      return [nodeOf(field.extensionData, { value, start, end, text: `Data (${plural(end - start, 'byte')})` })]
    }
    case Extension.renegotiation:
      return [remark('Renegotiation Info extension', start, end, renegotiationNodes(r, start, end))]
    default:
      return [bytesNode(r, field.extensionData, start, end)]
  }
}

/** RFC 5746 section 3.2. */
function renegotiationNodes(r: Reading, start: number, end: number): Node[] {
  const length = byteNode(r, field.renegotiationLength, start)
  return end - start === 1 ? [length] : [length, bytesNode(r, field.renegotiation, start + 1, end)]
}

/** A list with its length in two bytes before it and a heading that counts it. */
function counted(
  r: Reading,
  lengthField: Field,
  listField: Field,
  start: number,
  end: number,
  itemsFrom: (at: number) => Node[],
  noun: string,
): Node[] {
  if (start + 2 > end) return []
  const items = itemsFrom(start + 2)
  const text = `${listField.label} (${plural(items.length, noun)})`
  return [wordNode(r, lengthField, start), listNode(listField, text, start + 2, end, items)]
}

function schemeNodes(r: Reading, start: number, end: number): Node[] {
  return eachWord(r, field.scheme, start, end).map((node) => ({
    ...node,
    children: [byteNode(r, field.hash, node.start), byteNode(r, field.signature, node.start + 1)],
  }))
}

/** RFC 6066 section 3. */
function serverNames(r: Reading, start: number, end: number): Node[] {
  if (start + 2 > end) return []
  const nodes = [wordNode(r, field.namesLength, start)]
  for (let at = start + 2; at + 3 <= end; ) {
    const stop = at + 3 + r.view.getUint16(at + 1)
    if (stop > end) break
    nodes.push(
      byteNode(r, field.nameType, at),
      wordNode(r, field.nameLength, at + 1),
      textNode(r, field.serverName, at + 3, stop),
    )
    at = stop
  }
  return [remark('Server Name Indication extension', start, end, nodes)]
}

/** RFC 7301 section 3.1. */
function alpnNodes(r: Reading, start: number, end: number): Node[] {
  if (start + 2 > end) return []
  const names: Node[] = []
  for (let at = start + 2; at < end; ) {
    const stop = at + 1 + r.view.getUint8(at)
    if (stop > end) break
    names.push(byteNode(r, field.alpnNameLength, at), textNode(r, field.alpnName, at + 1, stop))
    at = stop
  }
  return [wordNode(r, field.alpnLength, start), listNode(field.alpnList, 'ALPN Protocol', start + 2, end, names)]
}

/** RFC 8446 section 4.2.8: a client's shares, a server's one, or the group that a HelloRetryRequest asks for. */
function keyShares(r: Reading, start: number, end: number, isClient: boolean): Node[] {
  if (start + 2 > end) return []
  if (!isClient && end - start === 2) return [wordNode(r, field.selectedGroup, start)]
  const nodes = isClient ? [wordNode(r, field.sharesLength, start)] : []
  for (let at = isClient ? start + 2 : start; at + 4 <= end; ) {
    const group = r.view.getUint16(at)
    const length = r.view.getUint16(at + 2)
    const stop = at + 4 + length
    if (stop > end) break
    const name = groupName(group) ?? `Unknown (${group})`
    nodes.push(
      remark(`Key Share Entry: Group: ${name}, Key Exchange length: ${length}`, at, stop, [
        wordNode(r, field.shareGroup, at),
        wordNode(r, field.shareLength, at + 2),
        bytesNode(r, field.share, at + 4, stop),
      ]),
    )
    at = stop
  }
  return nodes
}
