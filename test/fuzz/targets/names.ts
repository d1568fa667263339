/** Lists of names that were cut, spliced and overwritten: names or a UsageError. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../../src/errors.ts'
import { loadNames } from '../../../src/names/load.ts'
import { fixture } from '../../support/fixtures.ts'
import { concatenated } from '../bytes.ts'
import type { Random } from '../random.ts'
import type { Target } from '../target.ts'

const folder = fixture('k8s')
const lists = readdirSync(folder).map((name) => new Uint8Array(readFileSync(join(folder, name))))
lists.push(
  new TextEncoder().encode(
    'NAME READY IP NODE\nweb 1/1 172.20.0.1 k8s-w0\n10.0.0.1 host\nkind: List\nitems:\n- &a {kind: Pod}\n- *a\n',
  ),
)
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\n- ',
  '\n---\n',
  '\0',
  '&a ',
  '*a',
  '__proto__',
  'null',
  '1e999',
  '172.20.0.1/99',
  '::',
  '\u001b[2J',
].map((text) => new TextEncoder().encode(text))

function mutatedList(random: Random): Uint8Array {
  let list: Uint8Array = random.pick(lists).slice()
  for (let times = 1 + random.below(6); times > 0; times--) {
    const at = random.below(list.length + 1)
    const cut = random.onceIn(3) ? random.below(200) : random.below(3)
    list = concatenated([list.subarray(0, at), random.pick(PIECES), list.subarray(Math.min(at + cut, list.length))])
  }
  return random.onceIn(4) ? list.subarray(0, random.below(list.length + 1)) : list
}

export const names: Target = {
  name: 'names',
  onceIn: 8,
  async capture(_bytes, random) {
    try {
      const found = await loadNames({ origin: 'fuzz', content: mutatedList(random) })
      found.address('172.20.0.158')
      found.identity(3258, 8472)
      found.service('10.96.136.62', 80, 'tcp')
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
    }
  },
}
