/**
 * The library's names, listed by hand; a test compares them with a list.
 * @module ovl-dissect
 */

export { type FlowOptions, FlowTable, flows } from './analysis/flow-table.ts'
export type { ConnectionState, Flow, FlowDirection, FlowOrder } from './analysis/flows.ts'
export {
  type CapturePoint,
  type PacketPath,
  type PathClock,
  type PathFlow,
  type PathFlowHop,
  type PathHop,
  type PathOptions,
  type PathPlace,
  type PathReport,
  pathReport,
  paths,
} from './analysis/paths.ts'
// Captures as the input of tests
export { type LoadCaptureOptions, loadCapture } from './assertions/load-capture.ts'
export type { CaptureFlow, LoadedCapture } from './assertions/loaded-capture.ts'
export type { EndPattern, PacketPattern, Pattern } from './assertions/pattern.ts'
export type { Source } from './bytes/source.ts'
export { linkTypeName } from './capture/link-type.ts'
export type { AddressName } from './capture/pcapng-encoding.ts'
export type { CaptureInfo } from './capture/read-records.ts'
export type { CaptureInterface, CaptureRecord } from './capture/record.ts'
export type { DecodeAs, Dissector, DissectorOptions } from './dissect/dissector.ts'
export type { Field } from './dissect/field.ts'
export type { Landmarks } from './dissect/landmarks.ts'
export type { Layer } from './dissect/layer.ts'
export type { Node, Value } from './dissect/node.ts'
export type { Stopped } from './dissect/stop.ts'
export { MAX_DEPTH, type Walk } from './dissect/walk.ts'
// Errors
export { CaptureError, type CaptureErrorCode, UsageError } from './errors.ts'
// Filters
export { compileFilter, type FilterOptions } from './filter/compile-filter.ts'
export type { Filter } from './filter/filter.ts'
export type { FilterContext, VirtualField } from './filter/virtual-field.ts'
// Findings
export { type DiagnoseOptions, diagnose } from './findings/diagnose.ts'
export type { DiagnosisResult } from './findings/diagnosis.ts'
export type { Evidence, Finding, FindingKind, Severity, Values } from './findings/finding.ts'
export { FINDING_KINDS } from './findings/registry.ts'
// Dissection
export { createDissector } from './layers/create-dissector.ts'
export type { Cni } from './names/cni.ts'
export type { IdentityName } from './names/identity-name.ts'
// Names
export { type LoadNamesOptions, loadNames, type NamedContent, type NameSource } from './names/load.ts'
export type { AddressOwner, Names, ServiceName } from './names/names.ts'
export { type DissectOptions, dissect } from './packet/dissect.ts'
export { fromPcapParser, type PcapParser, type PcapParserPacket } from './packet/from-pcap-parser.ts'
export { type PacketJson, packetToJson, SCHEMA_VERSION } from './packet/json.ts'
// Packets
export type { Packet, PacketInterface, PacketSource } from './packet/packet.ts'
export type { Checks, EndNames, PacketNames } from './packet/packet-names.ts'
// Reading captures
export { type PacketReadOptions, read } from './packet/read.ts'
export type { RecordSource } from './packet/record-source.ts'
export { type ScanOptions, scan } from './packet/scan.ts'
export type {
  Arp,
  Direction,
  End,
  Icmp,
  Ip,
  Link,
  Side,
  Tcp,
  Transport,
  Tunnel,
  TunnelOption,
  Udp,
} from './packet/sides.ts'
export type { Summary } from './packet/summary.ts'
// Writing captures
export {
  type CaptureWriter,
  type CaptureWriterOptions,
  createCaptureWriter,
  type OutputStream,
  type PacketToWrite,
} from './packet/write-capture.ts'
export type { ReassemblyOptions } from './streams/conversations.ts'
