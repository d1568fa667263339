/** Completion and the manual: made of the command's own definition, so nothing may be missing. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { describe, expect, it, test } from 'vitest'
import { commandModel } from '../../src/cli/command-model.ts'
import { completionScript } from '../../src/cli/completion.ts'
import { createProgram } from '../../src/cli/program.ts'
import { SHELLS } from '../../src/cli/shells.ts'
import { ovl } from '../support/command.ts'

const program = createProgram('1.2.3', {
  show: async () => {},
  flows: async () => {},
  path: async () => {},
  topology: async () => {},
  assert: async () => {},
  names: async () => {},
  saveNames: async () => {},
  completion: async () => {},
})
const manual = readFileSync(new URL('../../dist/ovl-dissect.1', import.meta.url), 'utf8')
/** The manual as it is read: without fonts and escapes. */
const page = manual
  .replaceAll(/\\f[BIR]/g, '')
  .replaceAll('\\-', '-')
  .replaceAll('\\e', '\\')
const commands = [program, ...program.commands]
const options = commands.flatMap((command) => command.options.map((option) => ({ command: command.name(), option })))

test('there are options to look for', () => {
  expect(options.length).toBeGreaterThan(25)
})

describe.each(options)('$command $option.flags', ({ option }) => {
  it('stands in the manual, with its description and choices', () => {
    const names = [option.short, option.long].filter((name) => name !== undefined).join(', ')
    expect(page).toMatch(new RegExp(`^${names}( |$)`, 'm'))
    expect(page).toContain(option.description)
    if (option.argChoices !== undefined) expect(page).toContain(`one of ${option.argChoices.join(', ')}`)
  })

  it.each(SHELLS)('stands in the completion of %s', (shell) => {
    const { stdout } = ovl(['completion', shell])
    const form = (name: string) => (shell === 'fish' ? name.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s ') : name)
    for (const name of [option.short, option.long])
      if (name !== undefined) expect(stdout).toMatch(new RegExp(`(^|[\\s'*)])${form(name)}($|[\\s'[|])`, 'm'))
    for (const choice of option.argChoices ?? []) expect(stdout).toContain(choice)
  })
})

describe('every subcommand', () => {
  it('stands in the manual and in each completion', () => {
    for (const { name, description } of program.commands.map(commandModel)) {
      expect(page).toContain(`.SS ${name}\n${description}`)
      for (const shell of SHELLS) expect(ovl(['completion', shell]).stdout).toContain(name)
    }
  })

  it('that is added later comes by itself, options and arguments', () => {
    const more = new Command('tool').description('A tool').argument('[file...]', 'files')
    more
      .command('flows')
      .description("it's a list: [flows]")
      .addOption(new Option('--sort <by>', 'what by').choices(['bytes', 'packets']))
    for (const shell of SHELLS) {
      const script = completionScript(shell, commandModel(more))
      expect(script).toContain('flows')
      expect(script).toMatch(/sort/)
      expect(script).toMatch(/bytes\s+packets/)
    }
  })
})

describe('bash', () => {
  const script = ovl(['completion', 'bash']).stdout
  const complete = (...words: readonly string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `${script}\nCOMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\n_ovl_dissect\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      ],
      {
        encoding: 'utf8',
        cwd: 'fixtures',
      },
    )
      .trimEnd()
      .split('\n')

  it('completes options, their choices, files and subcommands', () => {
    expect(complete('ovl-dissect', '--de')).toEqual(['--decode-as', '--decap'])
    expect(complete('ovl-dissect', '-T', 'hub')).toEqual(['hubble', 'hubble-compact'])
    expect(complete('ovl-dissect', '--format', '=', 'cs')).toEqual(['csv'])
    expect(complete('ovl-dissect', 'vxlan-eth')).toEqual(['vxlan-eth1.pcap'])
    expect(complete('ovl-dissect', '-w', 'vxlan-eth')).toEqual(['vxlan-eth1.pcap'])
    expect(complete('ovl-dissect', '-c', '')).toEqual([''])
    expect(complete('ovl-dissect', 'comp')).toEqual(['completion'])
    expect(complete('ovl-dissect', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  })
})

describe('the command', () => {
  it('takes the shells it knows', () => {
    expect(ovl(['completion', 'tcsh'])).toMatchObject({ status: 2, stderr: expect.stringContaining('bash, zsh, fish') })
    expect(ovl(['completion', '--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('~/.bashrc') })
  })

  it('reads a capture that has the name of a subcommand where its path is given', () => {
    expect(ovl(['./completion'])).toMatchObject({ status: 2, stderr: expect.stringContaining('no such file') })
  })
})

describe('the manual', () => {
  it('is installed by the package, of its version', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(manifest.man).toBe('./dist/ovl-dissect.1')
    expect(manual.split('\n')[0]).toBe(`.TH OVL-DISSECT 1 "" "ovl-dissect ${manifest.version}" "User Commands"`)
  })

  it('has every heading of the help', () => {
    for (const group of ['Input', 'Selection', 'Output']) expect(manual).toContain(`.SS ${group}\n`)
    for (const part of ['NAME', 'SYNOPSIS', 'OPTIONS', 'COMMANDS', 'EXIT STATUS', 'EXAMPLES'])
      expect(manual).toContain(`.SH ${part}\n`)
  })
})
