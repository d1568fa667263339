/** A disk that is full: one line that says so, exit status 2, and nothing that looks like a capture. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMAND } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

/** Standard output is a device that takes nothing. */
function intoFull(args: readonly string[]) {
  const full = openSync('/dev/full', 'w')
  try {
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { stdio: ['ignore', full, 'pipe'] })
    return { status, stderr: stderr.toString() }
  } finally {
    closeSync(full)
  }
}

describe.concurrent('standard output on a full disk', () => {
  const capture = fixture('vxlan.pcap')
  it.each([
    [[capture]],
    [['--summary', capture]],
    [['-T', 'json', capture]],
    [['-V', '-Y', 'frame.number > 110', capture]],
    [['-w', '-', capture]],
    [['flows', capture]],
    [['path', capture]],
    [['diagnose', capture]],
    [['topology', capture]],
    [['explain', 'OVL202']],
    [['completion', 'bash']],
    [['-G', 'fields']],
  ])('%j', (args) => {
    expect(intoFull(args)).toEqual({ status: 2, stderr: 'ovl-dissect: standard output: no space left\n' })
  })
})

it('-w onto a full device says which', () => {
  const { status, stderr } = intoFull(['-w', '/dev/full', fixture('vxlan.pcap')])
  expect(stderr).toBe('ovl-dissect: /dev/full: no space left\n')
  expect(status).toBe(2)
})
