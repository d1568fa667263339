/** Kafka: requests by name. https://kafka.apache.org/protocol: length, API key, version, correlation id, client id. */

import { isTo, namedOnly } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const PORT = 9092
const HEAD = 14
const KEYS = [
  ...['Produce', 'Fetch', 'Offsets', 'Metadata', 'LeaderAndIsr', 'StopReplica', 'UpdateMetadata', 'ControlledShutdown'],
  ...['OffsetCommit', 'OffsetFetch', 'FindCoordinator', 'JoinGroup', 'Heartbeat', 'LeaveGroup', 'SyncGroup'],
  ...['DescribeGroups', 'ListGroups', 'SaslHandshake', 'ApiVersions', 'CreateTopics', 'DeleteTopics', 'DeleteRecords'],
  ...['InitProducerId', 'OffsetForLeaderEpoch', 'AddPartitionsToTxn', 'AddOffsetsToTxn', 'EndTxn', 'WriteTxnMarkers'],
  ...['TxnOffsetCommit', 'DescribeAcls', 'CreateAcls', 'DeleteAcls', 'DescribeConfigs', 'AlterConfigs'],
  ...['AlterReplicaLogDirs', 'DescribeLogDirs', 'SaslAuthenticate', 'CreatePartitions', 'CreateDelegationToken'],
  ...['RenewDelegationToken', 'ExpireDelegationToken', 'DescribeDelegationToken', 'DeleteGroups', 'ElectLeaders'],
  ...['IncrementalAlterConfigs', 'AlterPartitionReassignments', 'ListPartitionReassignments', 'OffsetDelete'],
]
const NEWEST_VERSION = 32
/** A client id that is not there. */
const NULL = 0xffff

function words(r: Reading): string | undefined {
  if (!isTo(r, PORT)) return undefined
  return `Kafka ${KEYS[r.view.getUint16(r.start + 4)]} v${r.view.getUint16(r.start + 6)} Request`
}

export const kafka = namedOnly({
  name: 'kafka',
  title: 'Kafka',
  label: 'Kafka',
  attach: [['tcp.port', PORT]],
  is(view, at, end) {
    if (end - at < HEAD) return false
    const client = view.getUint16(at + 12)
    return (
      view.getUint32(at) >= HEAD - 4 &&
      view.getUint16(at + 4) < KEYS.length &&
      view.getUint16(at + 6) <= NEWEST_VERSION &&
      (client === NULL || at + HEAD + client <= end)
    )
  },
  words,
})
