/** Networks of Kubernetes, by what their VNIs mean. */

/** Which network's VNIs these are: 'auto' goes by the lists, 'cilium' takes every VNI for an identity, others none. */
export type Cni = 'auto' | 'cilium' | 'flannel' | 'calico' | 'antrea' | 'ovn'

export const CNIS: readonly Cni[] = ['auto', 'cilium', 'flannel', 'calico', 'antrea', 'ovn']
