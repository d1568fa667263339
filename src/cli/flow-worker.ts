/** The thread that takes in a later part of a capture as flows; see commands/split-flows.ts. */
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { LaterPart, PartAnswer } from './commands/split-flows.ts'
import { keepingRequire } from './kept-code.ts'

/** What the other thread keeps is enough for both. */
const engine = keepingRequire(fileURLToPath(import.meta.url), 'flows', false)('./engine.cjs')

async function answer(): Promise<void> {
  const { readLaterPart } = engine as typeof import('./engine.ts')
  // Whatever goes wrong here is found again, and told, by whoever then reads this part himself.
  const found: PartAnswer = await readLaterPart(workerData as LaterPart).catch(() => undefined)
  const { pairs, addresses, flows, connections, memory } = found?.part ?? {}
  const moved = [pairs, addresses, flows, connections, memory?.lines].flatMap((array) => array?.buffer ?? [])
  parentPort?.postMessage(found, moved as ArrayBuffer[])
}

void answer()
