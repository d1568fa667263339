import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { COMMAND } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

const SOON = 200

/** Offsets where the records of a classic capture end. */
function recordEnds(bytes: Buffer): number[] {
  const ends: number[] = []
  for (let at = 24; at < bytes.length; ) {
    at += 16 + bytes.readUInt32LE(at + 8)
    ends.push(at)
  }
  return ends
}

describe('a growing pipe', () => {
  it('shows each packet within 200 ms of its arrival, before the next one is written', async () => {
    const bytes = readFileSync(fixture('vxlan.pcap'))
    const child = spawn(process.execPath, [COMMAND, '-', '-q'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let text = ''
    let arrived = () => {}
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      arrived()
    })
    child.stdin.write(bytes.subarray(0, 24))
    await wait(500)
    const delays: number[] = []
    let from = 24
    for (const end of recordEnds(bytes).slice(0, 8)) {
      const rows = text.split('\n').length
      const row = new Promise<void>((resolve) => {
        arrived = resolve
      })
      const start = performance.now()
      child.stdin.write(bytes.subarray(from, end))
      from = end
      await Promise.race([row, wait(2000)])
      delays.push(performance.now() - start)
      expect(text.split('\n').length).toBe(rows + 1)
    }
    child.stdin.end()
    await once(child, 'close')
    // One slow turn of a busy machine is no fault of ours; all of them would be.
    expect(delays.sort((a, b) => a - b)[delays.length - 2]).toBeLessThan(SOON)
  })
})

/** The command in bash, with a reader that goes after one line. */
async function readOneLine(args: string) {
  const script = `"${process.execPath}" "${COMMAND}" ${args} | head -n 1; echo "status \${PIPESTATUS[0]}"`
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  await once(child, 'close')
  return { out, err }
}

describe('a closed pipe', () => {
  it.each([
    ['a tree', `"${fixture('vxlan.pcap')}" "${fixture('multi-node.pcap')}" -V`, /^Frame 1: .*\nstatus 0\n$/],
    ['the help', '--help', /^Usage: .*\nstatus 0\n$/],
    ['the help of a subcommand', 'flows --help', /^Usage: .*\nstatus 0\n$/],
  ])('ends the command silently with status 0: %s', async (_what, args, shown) => {
    const { out, err } = await readOneLine(args)
    expect(out).toMatch(shown)
    expect(err).toBe('')
  })

  it('is not a full disk, which is told', () => {
    const { status, stderr } = spawnSync('bash', ['-c', `"${process.execPath}" "${COMMAND}" --help >/dev/full`])
    expect([status, stderr.toString()]).toEqual([2, 'ovl-dissect: standard output: no space left\n'])
  })
})
