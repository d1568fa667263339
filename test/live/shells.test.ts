/** The completions in the shells they are for, and the manual in man. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { scratch } from '../capture/written.ts'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

const file = scratch()
const script = (shell: string, name: string) => {
  writeFileSync(file(name), ovl(['completion', shell]).stdout)
  return file(name)
}

it('fish offers options with their descriptions, choices, subcommands and files', () => {
  const path = script('fish', 'ovl-dissect.fish')
  const complete = (line: string) =>
    execFileSync('fish', ['-N', '-c', `source ${path}; complete -C "${line}"`], { encoding: 'utf8', cwd: fixture('') })
      .trimEnd()
      .split('\n')
  expect(complete('ovl-dissect --deca')).toEqual([
    '--decap\twrite what is inside the tunnels, without outer headers; with -w',
  ])
  expect(complete('ovl-dissect -T hub').map((line) => line.split('\t')[0])).toEqual(['hubble', 'hubble-compact'])
  expect(complete('ovl-dissect completion ')).toEqual(['bash', 'fish', 'zsh'])
  expect(complete('ovl-dissect comp')[0]).toMatch(/^completion\t/)
  expect(complete('ovl-dissect vxlan-eth')).toEqual(['vxlan-eth1.pcap'])
})

it('zsh completes them in an interactive shell that finds the function in its fpath', () => {
  mkdirSync(file('functions'))
  script('zsh', 'functions/_ovl-dissect')
  const lines = ['ovl-dissect --deca', 'ovl-dissect completion f', 'ovl-dissect -T hubble-c', 'ovl-dissect vxlan-eth']
  const typed = lines.map((line) => `zpty -w -n z $'\\x15''${line}'$'\\t'; sleep 1`)
  const session = [
    'zmodload zsh/zpty',
    'zpty z zsh -f -i',
    `zpty -w z 'fpath=(${file('functions')} $fpath); autoload -Uz compinit; compinit -u -D; cd ${fixture('')}'`,
    'sleep 2',
    ...typed,
    'zpty -r z out; while zpty -rt z more; do out+=$more; done; print -r -- "$out"; zpty -d z',
  ].join('\n')
  const { stdout } = spawnSync('zsh', ['-f', '-c', session], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb' },
  })
  for (const word of ['--decap', 'completion fish', 'hubble-compact', 'vxlan-eth1.pcap']) expect(stdout).toContain(word)
})

it('man shows the page without a warning, and every line of it fits', () => {
  const path = fileURLToPath(new URL('../../dist/ovl-dissect.1', import.meta.url))
  const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-P', 'cat', '-l', path], {
    encoding: 'utf8',
    cwd: dirname(path),
    env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
  })
  expect([stderr, status]).toEqual(['', 0])
  expect(stdout).toMatch(/^OVL-DISSECT\(1\)/)
  expect(stdout).toContain('--decap')
})
