/** `-T hubble` and `-T hubble-compact`: packets as flows, for those who know `hubble observe` and its tools. */

import { stampText } from '../../bytes/time.ts'
import { type AddressNames, HubbleFlows } from '../../packet/hubble-flow.ts'
import { hubbleLine } from '../../render/hubble-line.ts'
import { jsonText } from '../../render/json-text.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

export class HubblePrinter {
  private readonly settings: Settings
  private readonly output: Output
  private readonly flows: HubbleFlows

  constructor(settings: Settings, output: Output, names?: AddressNames) {
    this.settings = settings
    this.output = output
    this.flows = new HubbleFlows(names)
  }

  /** Every packet has to pass here, shown or not: who opened a connection, and what identity a pod has, others tell. */
  show({ packet }: Shown, isSelected: boolean): void {
    const { record } = packet
    const event = this.flows.eventOf(packet, this.settings.links)
    if (!isSelected) return
    if (this.settings.format === 'hubble') this.output.line(jsonText(event))
    else this.output.line(hubbleLine(event.flow, record.hasTime ? stampText(record) : 'N/A'))
  }
}
