/**
 * Decoding without Node: for browsers, workers and other runtimes. The same packets, fields, filters and JSON as in
 * `ovl-dissect`, from bytes instead of files.
 *
 *     import { readPackets } from 'ovl-dissect/core'
 *     for await (const packet of readPackets(file)) console.log(packet.summary.info)
 *
 * @module ovl-dissect/core
 */
export type { DecodeAs, Dissector, DissectorOptions } from './dissect/dissector.ts'
export type { Node, Value } from './dissect/node.ts'
export { CaptureError, type CaptureErrorCode, UsageError } from './errors.ts'
export { compileFilter, type FilterOptions } from './filter/compile-filter.ts'
export type { Filter } from './filter/filter.ts'
export { createDissector } from './layers/create-dissector.ts'
export { type DissectOptions, dissect } from './packet/dissect.ts'
export { type PacketJson, packetToJson, SCHEMA_VERSION } from './packet/json.ts'
export type { Packet, PacketInterface } from './packet/packet.ts'
export type { PacketOptions } from './packet/packet-maker.ts'
export { type ByteSource, readPackets } from './packet/read-chunks.ts'
