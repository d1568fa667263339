/**
 * Writes skim.ts: the walk over the most common layers in one function, with their `step` functions written out where
 * they stand. Nothing about a protocol is said here: sizes, offsets, checks and what comes next are taken from the
 * layers' own files. Run it after changing the `step` or the offsets of one of these layers: node src/layers/skim.generate.mjs
 *
 * The same is written twice: for JavaScript, which has the packet in a DataView, and for the kernel of analysis/, which
 * is compiled to WebAssembly and has it in its memory.
 *
 * `--check` writes nothing and fails if the files are not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { build, transform } from 'esbuild'

const COMMON = [
  ['link/ethernet.ts', 'ethernet'],
  ['link/vlan.ts', 'vlan'],
  ['link/vlan.ts', 'serviceVlan'],
  ['link/linux-sll.ts', 'linuxSll'],
  ['link/linux-sll2.ts', 'linuxSll2'],
  ['network/ipv4.ts', 'ipv4'],
  ['network/ipv6.ts', 'ipv6'],
  ['network/icmp.ts', 'icmp'],
  ['transport/udp.ts', 'udp'],
  ['transport/tcp.ts', 'tcp'],
  ['tunnel/vxlan.ts', 'vxlan'],
  ['tunnel/geneve.ts', 'geneve'],
]

const LANDMARKS = [
  ...['outer', 'outerLayer', 'tunnelPort', 'firstTunnelLayer', 'tunnel', 'tunnelLayer', 'vni', 'inner', 'innerLayer'],
  ...['innerBody', 'innerEnd', 'protocol', 'transport', 'transportLayer', 'payload', 'end', 'claim'],
]

/** How the two languages say what differs between them. */
const JAVASCRIPT = {
  file: 'skim.ts',
  mark: (name) => `marks.${name}`,
  byte: (table, key) => `${table}[${key}] as number`,
  read: (bits, where) => `view.getUint${bits}(${where})`,
  clear: (what) => `clear${what}(marks)`,
  ethernet: 'tables.ethernet',
  tunnel: 'RoleNumber.tunnel',
  helper: (name, parameter, body) => `const ${name} = (${parameter}: number) => ${body}`,
}
const KERNEL = {
  file: '../analysis/kernel/skim.ts',
  mark: (name) => name,
  byte: (table, key) => `load<u8>(${TABLES[table]} + ${key}) as i32`,
  read: (bits, where) => `u${bits}At(${where})`,
  clear: (what) => `clear${what}()`,
  ethernet: 'ETHERNET',
  tunnel: 'TUNNEL',
  helper: (name, parameter, body) => `function ${name}(${parameter}: i32): bool { return ${body} }`,
}
const TABLES = { etherType: 'ETHER_TYPE', ipProtocol: 'IP_PROTOCOL', udpPort: 'UDP_PORT', roles: 'ROLES' }

/** What a step says through the walk's helpers, as statements over local variables. */
const helpersIn = (language) => ({
  limitTo: ([, end]) => `const to = ${end}; if (to < claimed) claimed = to; if (to < limit) limit = to`,
  nextByEtherType: ([, type]) => `next = ${language.byte('etherType', type)}`,
  nextByIpProtocol: ([, protocol]) => `next = ${language.byte('ipProtocol', protocol)}`,
  nextByUdpPorts: ([, , destination]) =>
    `const owner = ${language.byte('udpPort', destination)}; next = (${language.byte('roles', 'owner')}) === ${language.tunnel} ? owner : 0`,
  nextByTcpPorts: () => 'next = 0',
  nextIsData: () => 'next = 0',
  nextIsEthernet: () => `next = ${language.ethernet}`,
  beginQuote: () => 'return false',
})

/** What a step returns when there is no whole header: such packets take the long way. */
const REFUSALS = new Set(['truncated', 'malformed', 'unknownVersion'])

/** Members of the walk that a step sets; nothing here reads them. */
const IGNORED = new Set(['isFragment'])
const KEPT = new Set(['isLaterFragment'])

const registry = await layersOf()
/** RoleNumber.tunnel of dissect/tables.ts. */
const TUNNEL_ROLE = 4

/** The registry, as the product builds it. */
async function layersOf() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire('/');" },
  })
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)).LAYERS
}

/** A layer's file: its text, its top-level constants and functions, and the `step` of one export. */
class LayerFile {
  constructor(text, tree, layer, name) {
    this.text = text
    this.layer = layer
    this.constants = new Map()
    this.functions = new Map()
    for (const statement of tree.body) {
      const { declarations = [] } = statement.declaration ?? statement
      for (const { id, init } of declarations) this.constants.set(id.name, init)
      const declared = statement.declaration ?? statement
      if (declared.type === 'FunctionDeclaration') this.functions.set(declared.id.name, declared)
    }
    this.definition = this.constants.get(name).arguments[0]
  }

  property(name) {
    const { properties } = this.definition
    return properties.find((one) => one.key?.name === name)
  }

  /** The function behind `step`, written in place or beside. */
  step() {
    const { value } = this.property('step')
    return value.type === 'Identifier' ? this.functions.get(value.name) : value
  }

  /** The Field that `fields.length` or `headerLength` stands for. */
  field(node) {
    if (node.type === 'MemberExpression') {
      const { properties } = this.constants.get(node.object.name)
      const index = properties.findIndex((one) => one.key.name === node.property.name)
      // Two layers may share a step; their fields then lie alike.
      return index < 0 ? undefined : (this.layer.fields[index] ?? undefined)
    }
    const { properties } = this.constants.get('fields')
    const index = properties.findIndex((one) => one.shorthand && one.key.name === node.name)
    return index < 0 ? undefined : this.layer.fields[index]
  }

  /** The number that a name stands for, if it is one. */
  number(node) {
    const value = node.type === 'Identifier' ? this.constants.get(node.name) : this.member(node)
    return value?.type === 'Literal' && typeof value.value === 'number' ? value.raw : undefined
  }

  member(node) {
    if (node.type !== 'MemberExpression' || node.computed) return undefined
    const owner = this.constants.get(node.object.name)
    if (owner?.type !== 'ObjectExpression') return undefined
    return owner.properties.find((one) => one.key.name === node.property.name)?.value
  }
}

/** Code that reads a field of the layer at `at`. */
function readCode(field, where, { read }) {
  const { at, size, bits } = field
  const raw = size === 3 ? `(${read(32, `${where} + ${at}`)} >>> 8)` : read(size * 8, `${where} + ${at}`)
  if (bits === undefined) return raw
  const shift = size * 8 - bits.first - bits.count
  const mask = bits.mask >>> shift
  const cut = shift === 0 ? `(${raw} & ${mask})` : `((${raw} >>> ${shift}) & ${mask})`
  // A field's scale is inside its closure: measured by reading a header of ones.
  const scale = field.read(new DataView(new Uint8Array(64).fill(0xff).buffer), 0) / mask
  return scale === 1 ? cut : `${cut} * ${scale}`
}

/** Writes a step's statements out, with everything in them said in local variables. */
class Writer {
  constructor(file, language) {
    this.file = file
    this.language = language
    this.known = helpersIn(language)
    this.helpers = new Map()
  }

  body(step) {
    const { body } = step.body
    return body.map((statement) => this.write(statement)).join('\n')
  }

  /** The text of a node, with what lies in it replaced. */
  write(node) {
    const replaced = this.replacement(node)
    if (replaced !== undefined) return replaced
    const { text } = this.file
    let code = ''
    let at = node.start
    for (const child of childrenOf(node)) {
      code += text.slice(at, child.start) + this.write(child)
      at = child.end
    }
    return code + text.slice(at, node.end)
  }

  replacement(node) {
    if (node.type === 'ReturnStatement') return this.returned(node)
    if (node.type === 'CallExpression') return this.call(node)
    if (node.type === 'ExpressionStatement') return this.statement(node)
    if (node.type === 'Identifier' || node.type === 'MemberExpression') return this.name(node)
    return undefined
  }

  returned({ argument }) {
    if (argument.type === 'CallExpression' && REFUSALS.has(argument.callee.name)) return 'return false;'
    return `at = ${this.write(argument)};`
  }

  statement({ expression }) {
    if (expression.type === 'CallExpression' && this.known[expression.callee.name] !== undefined) {
      const code = this.known[expression.callee.name](expression.arguments.map((one) => this.write(one)))
      return `{ ${code} }`
    }
    if (expression.type === 'AssignmentExpression' && IGNORED.has(expression.left.property?.name)) return '{}'
    return undefined
  }

  call(node) {
    const { callee } = node
    if (callee.type === 'MemberExpression' && callee.property.name === 'read') {
      const field = this.file.field(callee.object)
      if (field === undefined) throw new Error(`no field behind ${this.file.text.slice(node.start, node.end)}`)
      return readCode(field, 'at', this.language)
    }
    if (callee.type === 'MemberExpression' && callee.object.name === 'view') {
      const bits = Number(callee.property.name.replace('getUint', ''))
      return this.language.read(bits, this.write(node.arguments[0]))
    }
    if (callee.type === 'Identifier') {
      const helper = this.file.constants.get(callee.name)
      if (helper?.type !== 'ArrowFunctionExpression' || helper.params.length !== 1)
        throw new Error(`what does ${callee.name} do in a step?`)
      const [parameter] = helper.params
      this.helpers.set(callee.name, this.language.helper(callee.name, parameter.name, this.write(helper.body)))
    }
    return undefined
  }

  name(node) {
    if (node.type === 'MemberExpression' && node.object.name === 'walk') {
      if (KEPT.has(node.property.name)) return node.property.name
      throw new Error(`walk.${node.property.name} in a step`)
    }
    return this.file.number(node)
  }
}

const childrenOf = (node) =>
  Object.entries(node)
    .filter(([key]) => key !== 'type')
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value?.type === 'string')
    .sort((a, b) => a.start - b.start)

/**
 * What a layer of each role leaves behind among the landmarks, before and after its step. They are written at once:
 * kept in variables, all of them would be moved about at every turn of the loop.
 */
function marking(layer, number, language) {
  const { mark, read } = language
  if (layer.role === 'tunnel') {
    return {
      before: `if (${mark('tunnel')} < 0) {
          ${mark('outer')} = ${mark('inner')}
          ${mark('outerLayer')} = ${mark('innerLayer')}
          ${mark('firstTunnelLayer')} = ${number}
          ${mark('tunnelPort')} = ${read(16, `${mark('transport')} + 2`)}
        }
        const start = at`,
      after: `${mark('tunnel')} = start
        ${mark('tunnelLayer')} = ${number}
        ${mark('vni')} = ${readCode(layer.scope, 'start', language)}
        ${language.clear('Inner')}`,
    }
  }
  if (layer.role === 'network') {
    const named = layer.fields.find((field) => field.name === 'ip.proto' || field.name === 'ipv6.nxt')
    return {
      before: 'const start = at',
      after: `${mark('inner')} = start
        ${mark('innerLayer')} = ${number}
        ${mark('innerBody')} = at
        ${mark('innerEnd')} = limit
        ${mark('protocol')} = ${readCode(named, 'start', language)}
        ${mark('transport')} = at
        ${mark('transportLayer')} = 0
        ${mark('payload')} = at`,
    }
  }
  if (layer.role === 'transport')
    return { before: '', after: `${mark('transportLayer')} = ${number}; ${mark('payload')} = at` }
  return { before: '', after: '' }
}

async function caseOf([path, name], helpers, language) {
  const source = await readFile(new URL(path, import.meta.url), 'utf8')
  const { code } = await transform(source, { loader: 'ts', target: 'es2022' })
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  const probe = new LayerFile(code, tree, undefined, name)
  const id = probe.property('id')?.value.value ?? probe.property('name').value.value
  const number = numberOf(id)
  const file = new LayerFile(code, tree, registry[number - 1], name)
  const writer = new Writer(file, language)
  const { before, after } = marking(file.layer, number, language)
  const body = writer.body(file.step())
  for (const [key, text] of writer.helpers) helpers.set(key, text)
  return `      // ${file.layer.title}
      case ${number}: {
        const end = limit
        ${before}
        {
          ${body}
        }
        ${after}
        continue
      }`
}

const numberOf = (id) => registry.findIndex((one) => one.id === id) + 1

/** The loop and what it calls. */
async function loop(language) {
  const helpers = new Map()
  const cases = []
  for (const one of COMMON) cases.push(await caseOf(one, helpers, language))
  const { mark } = language
  return {
    helpers: [...helpers.values()].join('\n\n'),
    body: `${language.clear('Marks')}
  for (let left = first === 0 ? 0 : MOST_LAYERS; left > 0; left--) {
    switch (next) {
      case 0:
        if (${mark('inner')} >= 0) {
          ${mark('end')} = limit
          ${mark('claim')} = claimed
        }
        return true
${cases.join('\n')}
      default:
        return false
    }
  }
  return false
}
`,
  }
}

async function forJavaScript() {
  const { helpers, body } = await loop(JAVASCRIPT)
  return `// Generated by skim.generate.mjs from the layers' own files: do not edit.
/** The short way to a packet's landmarks: the steps of the most common layers, written out in one loop. */
import { clearInner, clearMarks, type Skim } from '../dissect/landmarks.ts'
import { RoleNumber } from '../dissect/tables.ts'

/** More layers than that are left to the walk, which has its own limit. */
const MOST_LAYERS = 32

${helpers}

export const skim: Skim = (marks, tables, view, first, start, frameEnd, claim) => {
  const { etherType, ipProtocol, udpPort, roles } = tables
  let next = first
  let at = start
  let limit = frameEnd
  let claimed = claim
  let isLaterFragment = false
  ${body}`
}

async function forKernel() {
  const { helpers, body } = await loop(KERNEL)
  return `// Generated by layers/skim.generate.mjs from the layers' own files: do not edit.
/** The short way to a packet's landmarks, as in layers/skim.ts, and the landmarks, as dissect/landmarks.ts explains them. */
import { u8At, u16At, u32At } from './bytes'
import { ${Object.values(TABLES).sort().join(', ')} } from './memory'

/** Numbers of layers, and of a role. */
const ETHERNET: i32 = ${numberOf('eth')}
export const IPV4: i32 = ${numberOf('ip')}
export const UDP: i32 = ${numberOf('udp')}
export const TCP: i32 = ${numberOf('tcp')}
export const TUNNEL: i32 = ${TUNNEL_ROLE}

const MOST_LAYERS: i32 = 32

${LANDMARKS.map((name) => `export let ${name}: i32 = ${name.endsWith('Layer') ? 0 : -1}`).join('\n')}

function clearMarks(): void {
  outer = -1
  tunnelPort = -1
  tunnel = -1
  vni = -1
  clearInner()
}

function clearInner(): void {
  inner = -1
  transport = -1
  transportLayer = 0
}

/** Sets the landmarks of a packet that took the long way. */
export function mark(${LANDMARKS.map((name) => `${name}Is: i32`).join(', ')}): void {
${LANDMARKS.map((name) => `  ${name} = ${name}Is`).join('\n')}
}

${helpers}

export function skim(first: i32, start: i32, frameEnd: i32, claimedEnd: i32): bool {
  let next = first
  let at = start
  let limit = frameEnd
  let claimed = claimedEnd
  let isLaterFragment = false
  ${body}`
}

/** As the project's formatter lays it out. */
async function formatted(code) {
  const { spawnSync } = await import('node:child_process')
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))
  const { stdout, status, stderr } = spawnSync(biome, ['check', '--write', '--stdin-file-path=src/layers/skim.ts'], {
    input: code,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  if (status !== 0 && stdout === '') throw new Error(stderr)
  return stdout
}

for (const [{ file }, generate] of [
  [JAVASCRIPT, forJavaScript],
  [KERNEL, forKernel],
]) {
  const code = await formatted(await generate())
  const target = new URL(file, import.meta.url)
  if (!process.argv.includes('--check')) await writeFile(target, code)
  else if ((await readFile(target, 'utf8')) !== code) {
    console.error(`src/layers/${file} is not what the layers say: run node src/layers/skim.generate.mjs`)
    process.exitCode = 1
  }
}
