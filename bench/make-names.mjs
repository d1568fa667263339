// Writes the lists of a big cluster as kubectl prints them: node make-names.mjs FOLDER [NODES] [PODS].
// pods.json has 5,000 nodes and 150,000 pods by default: over 500 MB, longer than a JavaScript string may be.
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const POD_TEMPLATE = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {},
  spec: {
    containers: [
      {
        env: ['POD_NAME', 'POD_IP', 'NODE_NAME'].map((name) => ({
          name,
          valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `status.${name.toLowerCase()}` } },
        })),
        image: 'registry.example.com/team/application:2026.11.1',
        imagePullPolicy: 'IfNotPresent',
        livenessProbe: {
          failureThreshold: 3,
          httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
          periodSeconds: 10,
          successThreshold: 1,
          timeoutSeconds: 1,
        },
        name: 'application',
        ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
        resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'api', readOnly: true }],
      },
    ],
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    serviceAccount: 'default',
    serviceAccountName: 'default',
    terminationGracePeriodSeconds: 30,
    tolerations: ['not-ready', 'unreachable'].map((taint) => ({
      effect: 'NoExecute',
      key: `node.kubernetes.io/${taint}`,
      operator: 'Exists',
      tolerationSeconds: 300,
    })),
    volumes: [{ name: 'api', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token' } }] } }],
  },
  status: {
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
      (type) => ({
        lastProbeTime: null,
        lastTransitionTime: '2026-11-05T12:01:17Z',
        status: 'True',
        type,
      }),
    ),
    phase: 'Running',
    qosClass: 'Burstable',
    startTime: '2026-11-05T12:01:17Z',
  },
}

const hex = (number, digits) => number.toString(16).padStart(digits, '0')
const nodeAddress = (node) => `10.${100 + (node >> 14)}.${(node >> 6) & 255}.${(node & 63) + 1}`
const podAddress = (node, slot) => `10.${node >> 8}.${node & 255}.${slot + 2}`
const podAddress6 = (node, slot) => `fd00:10:${hex(node, 1)}::${hex(slot + 2, 1)}`

/** Pod number `index` of a cluster: all that lists say about it. */
function podOf(index, nodes) {
  const node = index % nodes
  const slot = Math.floor(index / nodes)
  const workload = index % 3000
  const name = `application-${workload}-${hex((workload * 2654435761) % 2 ** 32, 8)}-${hex(index, 5)}`
  return {
    node,
    name,
    namespace: `team-${workload % 200}`,
    workload,
    identity: 1000 + workload,
    ipv4: podAddress(node, slot),
    ipv6: podAddress6(node, slot),
  }
}

function pod(index, nodes) {
  const { node, name, namespace, workload, ipv4, ipv6 } = podOf(index, nodes)
  const uid = `${hex(index, 8)}-c6ca-400f-a9a6-1c9d0d2d586a`
  return {
    ...POD_TEMPLATE,
    metadata: {
      creationTimestamp: '2026-11-05T12:01:17Z',
      generateName: name.slice(0, -5),
      labels: { app: `application-${workload}`, 'pod-template-hash': hex(workload, 10) },
      name,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'ReplicaSet',
          name: name.slice(0, -6),
          uid,
        },
      ],
      resourceVersion: String(80_000 + index),
      uid,
    },
    spec: { ...POD_TEMPLATE.spec, nodeName: `node-${node}` },
    status: {
      ...POD_TEMPLATE.status,
      containerStatuses: [
        {
          containerID: `containerd://${hex(index, 64)}`,
          image: 'registry.example.com/team/application:2026.11.1',
          imageID: `registry.example.com/team/application@sha256:${hex(workload, 64)}`,
          lastState: {},
          name: 'application',
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: '2026-11-05T12:01:20Z' } },
        },
      ],
      hostIP: nodeAddress(node),
      hostIPs: [{ ip: nodeAddress(node) }],
      podIP: ipv4,
      podIPs: [{ ip: ipv4 }, { ip: ipv6 }],
    },
  }
}

function ciliumEndpoint(index, nodes) {
  const { node, name, namespace, workload, identity, ipv4, ipv6 } = podOf(index, nodes)
  const uid = `${hex(index, 8)}-c6ca-400f-a9a6-1c9d0d2d586a`
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: {
      creationTimestamp: '2026-11-05T12:01:17Z',
      generation: 1,
      labels: { app: `application-${workload}`, 'pod-template-hash': hex(workload, 10) },
      name,
      namespace,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }],
      resourceVersion: String(80_000 + index),
      uid,
    },
    status: {
      encryption: {},
      'external-identifiers': {
        'cni-attachment-id': `${hex(index, 64)}:eth0`,
        'container-id': hex(index, 64),
        'k8s-namespace': namespace,
        'k8s-pod-name': name,
        'pod-name': `${namespace}/${name}`,
      },
      id: index % 4096,
      identity: {
        id: identity,
        labels: [
          `k8s:app=application-${workload}`,
          `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
          'k8s:io.cilium.k8s.policy.cluster=default',
          'k8s:io.cilium.k8s.policy.serviceaccount=default',
          `k8s:io.kubernetes.pod.namespace=${namespace}`,
        ],
      },
      'named-ports': [{ name: 'http', port: 8080, protocol: 'TCP' }],
      networking: { addressing: [{ ipv4, ipv6 }], node: nodeAddress(node) },
      'service-account': 'default',
      state: 'ready',
    },
  }
}

function ciliumNode(node) {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: { name: `node-${node}` },
    spec: {
      addresses: [
        { ip: nodeAddress(node), type: 'InternalIP' },
        { ip: podAddress(node, -1), type: 'CiliumInternalIP' },
      ],
      ipam: { podCIDRs: [`${podAddress(node, -2)}/24`, `fd00:10:${hex(node, 1)}::/64`] },
    },
  }
}

/** A `List` as kubectl indents it. */
async function writeList(path, count, item) {
  const stream = createWriteStream(path)
  stream.write('{\n    "apiVersion": "v1",\n    "items": [\n')
  for (let index = 0; index < count; index++) {
    const text = JSON.stringify(item(index), null, 4).replaceAll('\n', '\n        ')
    const more = stream.write(`        ${text}${index + 1 < count ? ',' : ''}\n`)
    if (!more) await new Promise((resolve) => stream.once('drain', resolve))
  }
  stream.end('    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n')
  await new Promise((resolve) => stream.once('finish', resolve))
}

/** Writes pods.json, ciliumendpoints.json and ciliumnodes.json into `folder`. */
export async function makeNames(folder, nodes = 5_000, pods = 150_000) {
  mkdirSync(folder, { recursive: true })
  await writeList(join(folder, 'pods.json'), pods, (index) => pod(index, nodes))
  await writeList(join(folder, 'ciliumendpoints.json'), pods, (index) => ciliumEndpoint(index, nodes))
  await writeList(join(folder, 'ciliumnodes.json'), nodes, ciliumNode)
}

if (process.argv[1] === import.meta.filename) {
  const [folder = 'names', nodes, pods] = process.argv.slice(2)
  await makeNames(folder, nodes && Number(nodes), pods && Number(pods))
}
