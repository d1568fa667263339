/**
 * What V8 made of the program's code the last time, kept for the next one: a short command takes a third less. Node's own cache
 * (`NODE_COMPILE_CACHE`) knows no Node before 22, and has only what was compiled while a file was loaded, not what its functions
 * became when they were called.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'

/** A file of the program, as the build writes it: its first line says which one it is. */
const MARK = /^\/\/ ([0-9a-f]{16})\n/
const MARK_LENGTH = 16
const CHECK_SIZE = 4
const FAILED = 2
/** Set: nothing is kept. The first two are Node's own words about its own cache. */
const OFF = ['NODE_DISABLE_COMPILE_CACHE', 'NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE']

/** `$XDG_CACHE_HOME/ovl-dissect`, or in `~/.cache`; undefined where that is somebody else's, as with sudo: what lies there is run. */
export function cacheFolder(environment: NodeJS.ProcessEnv, user = process.getuid?.()): string | undefined {
  const { XDG_CACHE_HOME: named, HOME: home } = environment
  const base = named?.startsWith('/') ? named : home && join(home, '.cache')
  if (!base) return undefined
  const folder = join(base, 'ovl-dissect')
  // What is not there yet is made by whoever has the folder around it.
  const owner = [folder, base, join(base, '..')].map((path) => statSync(path, { throwIfNoEntry: false })).find(Boolean)
  return owner === undefined || (user !== undefined && owner.uid !== user) ? undefined : folder
}

/**
 * A `require` that keeps what becomes of the program's own files, those that are asked for by `./`.
 *
 * @param path of the file that asks, absolute
 * @param command its name: what one command calls is kept apart from what another one does
 * @param isWriter false: only reads what is kept
 */
export function keepingRequire(path: string, command: string, isWriter = true): NodeJS.Require {
  const environment = process.env
  const plain = createRequire(path)
  const isOff = OFF.some((name) => environment[name] !== undefined)
  const folder = isOff ? undefined : cacheFolder(environment)
  if (folder === undefined) return plain
  const kept = new KeptCode(join(folder, `${process.version}-${process.arch}`), command, isWriter)
  const keeping = Object.assign((name: string): unknown => {
    if (!name.startsWith('./')) return plain(name)
    const file = join(dirname(path), name)
    return (plain.cache[file] ?? kept.load(file, keeping)).exports
  }, plain)
  return keeping
}

/** Of the length and of a byte in 64: pages that never got to the disk are found in no time, and the program's own files have less. */
function checkOf(code: Uint8Array): number {
  let check = code.length
  for (let at = 0; at < code.length; at += 64) check = (Math.imul(check, 31) + (code[at] as number)) >>> 0
  return check
}

class KeptCode {
  private readonly folder: string
  private readonly command: string
  private readonly isWriter: boolean

  constructor(folder: string, command: string, isWriter: boolean) {
    this.folder = folder
    this.command = command
    this.isWriter = isWriter
  }

  load(file: string, require: NodeJS.Require): NodeJS.Module {
    // The bundler writes ASCII; as Latin-1 it is a byte a character for V8 too.
    const source = readFileSync(file, 'latin1')
    const name = this.nameOf(file, source)
    const cachedData = this.read(name)
    const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
      filename: file,
      ...(cachedData && { cachedData }),
    })
    const module = Object.assign(new Module(file), { filename: file, loaded: true })
    // Whoever requires this file by Node's own means gets the same.
    require.cache[file] = module
    script.runInThisContext()(module.exports, require, module, file, dirname(file))
    if (cachedData === undefined || script.cachedDataRejected === true) this.keep(name, script)
    return module
  }

  /** V8 itself only compares how long a source is: the build has marked each with what is in it. */
  private nameOf(file: string, source: string): string {
    const mark = MARK.exec(source)?.[1]
    if (mark === undefined) throw new Error(`${file} has no mark of the build`)
    return `${basename(file, '.cjs')}-${this.command}-${mark}`
  }

  private read(name: string): Uint8Array | undefined {
    try {
      const bytes = readFileSync(join(this.folder, name))
      const code = bytes.subarray(CHECK_SIZE)
      // V8 runs what it is given, also half of it.
      return bytes.length > CHECK_SIZE && checkOf(code) === bytes.readUInt32LE(0) ? code : undefined
    } catch {
      return undefined
    }
  }

  /** At the end, when it is known what was called. A command that could not do its work has not called it. */
  private keep(name: string, script: Script): void {
    if (!this.isWriter) return
    process.once('exit', (status) => {
      if (status !== FAILED) this.write(name, script.createCachedData())
    })
  }

  private write(name: string, code: Uint8Array): void {
    const { folder } = this
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const check = Buffer.alloc(CHECK_SIZE)
      check.writeUInt32LE(checkOf(code))
      const fresh = join(folder, `${name}.${process.pid}`)
      writeFileSync(fresh, Buffer.concat([check, code]), { mode: 0o600 })
      renameSync(fresh, join(folder, name))
      const other = name.slice(0, -MARK_LENGTH)
      for (const one of readdirSync(folder)) if (one.startsWith(other) && one !== name) rmSync(join(folder, one))
    } catch {
      // Whatever goes wrong with what is kept is no fault of the command.
    }
  }
}
