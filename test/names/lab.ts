/** The lab's network as the captures' README describes it: what every packet's names must be. */
import { fixture } from '../support/fixtures.ts'

export const LISTS = fixture('k8s')

/** Address → node, for node addresses of both families. */
export const NODES: Readonly<Record<string, string>> = {
  '192.168.10.100': 'k8s-ctr',
  '192.168.10.101': 'k8s-w1',
  '192.168.20.100': 'k8s-w0',
  'fd00:192:168:10::100': 'k8s-ctr',
  'fd00:192:168:10::101': 'k8s-w1',
  'fd00:192:168:20::100': 'k8s-w0',
}

/** What has an inner address: its pod with its node, identity and what the identity is called, or a part of Cilium. */
export interface Inner {
  readonly pod?: string
  readonly namespace?: string
  readonly role?: 'router' | 'health'
  readonly node: string
  /** The VNI of what it sends. */
  readonly identity: number
}

const pod = (namespace: string, name: string, node: string, identity: number): Inner => ({
  pod: name,
  namespace,
  node,
  identity,
})

export const INNER: Readonly<Record<string, Inner>> = {
  '172.20.0.158': pod('default', 'curl-pod', 'k8s-ctr', 3258),
  'fd00:172:20::9e1': pod('default', 'curl-pod', 'k8s-ctr', 3258),
  '172.20.0.87': pod('default', 'webpod-697b545f57-2b8zk', 'k8s-ctr', 14053),
  'fd00:172:20::57a': pod('default', 'webpod-697b545f57-2b8zk', 'k8s-ctr', 14053),
  '172.20.0.233': pod('kube-system', 'coredns-674b8bbfcf-7gpz4', 'k8s-ctr', 9473),
  'fd00:172:20::e93': pod('kube-system', 'coredns-674b8bbfcf-7gpz4', 'k8s-ctr', 9473),
  '172.20.0.201': { role: 'health', node: 'k8s-ctr', identity: 4 },
  '172.20.0.12': { role: 'router', node: 'k8s-ctr', identity: 6 },
  '172.20.1.10': pod('default', 'webpod-697b545f57-9sf4l', 'k8s-w1', 14053),
  'fd00:172:20:1::a0c': pod('default', 'webpod-697b545f57-9sf4l', 'k8s-w1', 14053),
  '172.20.1.191': pod('default', 'client-5d9c7b6f4d-mq2xv', 'k8s-w1', 22811),
  'fd00:172:20:1::bf4': pod('default', 'client-5d9c7b6f4d-mq2xv', 'k8s-w1', 22811),
  '172.20.1.139': { role: 'health', node: 'k8s-w1', identity: 4 },
  '172.20.1.54': { role: 'router', node: 'k8s-w1', identity: 6 },
  '172.20.2.115': pod('default', 'webpod-697b545f57-rl7tc', 'k8s-w0', 14053),
  'fd00:172:20:2::73e': pod('default', 'webpod-697b545f57-rl7tc', 'k8s-w0', 14053),
  '172.20.2.200': pod('default', 'tls-echo-7c6d5b8f9-hx5wn', 'k8s-w0', 41377),
  'fd00:172:20:2::c81': pod('default', 'tls-echo-7c6d5b8f9-hx5wn', 'k8s-w0', 41377),
  '172.20.2.41': pod('kube-system', 'coredns-674b8bbfcf-nt6wd', 'k8s-w0', 9473),
  'fd00:172:20:2::29b': pod('kube-system', 'coredns-674b8bbfcf-nt6wd', 'k8s-w0', 9473),
  '172.20.2.166': pod('kube-system', 'metrics-server-5dd7b49d79-vx2c6', 'k8s-w0', 17520),
  'fd00:172:20:2::a66': pod('kube-system', 'metrics-server-5dd7b49d79-vx2c6', 'k8s-w0', 17520),
  '172.20.2.9': { role: 'health', node: 'k8s-w0', identity: 4 },
  '172.20.2.77': { role: 'router', node: 'k8s-w0', identity: 6 },
}

/** What the identities are called. */
export const IDENTITIES: Readonly<Record<number, string>> = {
  3258: 'default/curl-pod',
  14053: 'default/webpod',
  9473: 'kube-system/kube-dns',
  22811: 'default/client',
  41377: 'default/tls-echo',
  17520: 'kube-system/metrics-server',
  4: 'reserved:health',
  6: 'reserved:remote-node',
  2: 'reserved:world',
}
