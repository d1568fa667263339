/** Networks of Kubernetes, by what their VNIs mean. */

/**
 * Which network's VNIs these are: 'auto' goes by the lists, 'cilium' takes every VNI for an identity, others none.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const names = await loadNames('k8s', { cni: 'cilium' })
 * console.log(names.identity(3258, 8472).name) // default/curl-pod
 * ```
 */
export type Cni = 'auto' | 'cilium' | 'flannel' | 'calico' | 'antrea' | 'ovn'

export const CNIS: readonly Cni[] = ['auto', 'cilium', 'flannel', 'calico', 'antrea', 'ovn']
