/** `toHaveLayers` and `toHaveField`: about one packet. */
import type { Packet } from '../packet/packet.ts'
import { PatternError } from './condition.ts'
import { fieldTest, fieldWords, layersAsExpected } from './field-conditions.ts'
import { isAsymmetric, opaqueTest, shown } from './value-pattern.ts'
import { messageOf, type Verdict } from './verdict.ts'

/** All layers, outermost first. @throws UsageError for what is no list of names. */
export function haveLayers(packet: Packet, layers: unknown): Verdict {
  const isList = Array.isArray(layers) && layers.every((one) => typeof one === 'string')
  if (!isList && !isAsymmetric(layers)) throw new PatternError([], `${shown(layers)} is not a list of layers' names`)
  const actual = isList ? layersAsExpected(packet.layers, packet.link?.type, layers) : packet.layers
  const pass = isList ? actual.join(' ') === layers.join(' ') : (opaqueTest<unknown>(layers)?.test(actual) ?? false)
  const expected = isList ? layers.join(' ') : (opaqueTest(layers)?.words ?? '')
  return {
    pass,
    message: () =>
      pass
        ? messageOf([`expected packet #${packet.number} not to have the layers ${expected}`])
        : messageOf([
            `expected packet #${packet.number} to have the layers`,
            `  expected ${expected}`,
            `  found    ${actual.join(' ')}`,
            packet.stopped === undefined ? undefined : `decoding ended early: ${packet.stopped.message}`,
            rowOf(packet),
          ]),
  }
}

/**
 * A field by its Wireshark name; of several occurrences one must have the value. Without a value: it is there.
 * @throws UsageError for a name that does not exist, with the nearest ones.
 */
export function haveField(packet: Packet, name: string, value: unknown = true): Verdict {
  const values = packet.getAll(name)
  const pass = fieldTest(value, [])(values)
  const found = values.map(shown).join(', ') || 'no such field'
  const wanted = value === true ? '' : ` ${fieldWords(value)}`
  return {
    pass,
    message: () =>
      messageOf([
        `expected packet #${packet.number} ${pass ? 'not ' : ''}to have ${name}${wanted}`,
        `  found ${found}`,
        values.length === 0 ? `  its layers are ${packet.layers.join(' ')}` : undefined,
        rowOf(packet),
      ]),
  }
}

function rowOf({ number, summary }: Packet): string {
  return `  #${number}  ${summary.protocol}  ${summary.info}`
}
