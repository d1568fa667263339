/** Which layers are applications that a conversation is told by. */
import { RoleNumber, type Tables } from '../dissect/tables.ts'

/**
 * The layers, if each of them is an application that ports or the payload itself name: a conversation that carries it has a
 * packet that is walked as it without asking others. Undefined if one of them is not.
 */
export function applicationsAmong(tables: Tables, layers: readonly number[]): ReadonlySet<number> | undefined {
  const isNamed = (layer: number) =>
    tables.tcpPort.includes(layer) || tables.udpPort.includes(layer) || tables.tcpRecognisers.includes(layer)
  const isApplication = (layer: number) => tables.roles[layer] === RoleNumber.application && isNamed(layer)
  return layers.length > 0 && layers.every(isApplication) ? new Set(layers) : undefined
}
