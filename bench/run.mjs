/**
 * All measurements, one after another; each says which goals it reaches. `--check` fails where one is missed.
 *
 *   npm run bench
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { COMMAND, environment, inProject, printTable } from './measure.mjs'

const SCRIPTS = [
  'scan.bench.mjs',
  'whole-command.mjs',
  'no-gc.mjs',
  'native.mjs',
  'rows.mjs',
  'filter.bench.mjs',
  'paths.mjs',
  'findings.mjs',
  'names.mjs',
  'assertions.mjs',
  'viewer.mjs',
]

if (!existsSync(COMMAND)) {
  console.error('There is nothing to measure yet: npm run build')
  process.exit(2)
}
console.log(environment())
const verdicts = []
for (const script of SCRIPTS) {
  const command = `node bench/${script}`
  console.log(`\n=== ${command}\n`)
  const { stdout, status } = spawnSync(process.execPath, [inProject(`bench/${script}`), ...process.argv.slice(2)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: inProject('.'),
  })
  process.stdout.write(stdout)
  if (status !== 0) process.exitCode = 1
  for (const [, verdict, what] of stdout.matchAll(/^(reached|MISSED) +(.*)$/gm)) verdicts.push([verdict, what, command])
}
console.log(`\n=== ${environment()}\n`)
printTable([['', 'goal and what was measured', 'command'], ...verdicts])
