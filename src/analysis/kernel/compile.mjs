/**
 * Compiles the kernel by AssemblyScript into ../kernel-binary.ts, where it is found without a file of its own: in the
 * bundle, in tests, in a browser. Run it after a change to these files: node src/analysis/kernel/compile.mjs
 *
 * `--check` writes nothing and fails if that file is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

/** All that its tables may ever need, 256 MiB; pages that nobody writes to are not there. */
const PAGES = '4096'
/** Below that nothing is AssemblyScript's, whose few constants follow. */
const FIRST_BYTE = '1024'
const COLUMNS = 110

const entry = fileURLToPath(new URL('index.ts', import.meta.url))
const { binary, stderr, error } = await compiled()
if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`)

const lines = Buffer.from(binary)
  .toString('base64')
  .match(new RegExp(`.{1,${COLUMNS}}`, 'g'))
const code = `// Compiled by kernel/compile.mjs from kernel/*.ts: do not edit.
/** The kernel in WebAssembly, as base64. */
export const KERNEL_BINARY = \`
${lines.join('\n')}
\`
`
const target = new URL('../kernel-binary.ts', import.meta.url)
if (!process.argv.includes('--check')) await writeFile(target, code)
else if ((await readFile(target, 'utf8')) !== code) {
  console.error('src/analysis/kernel-binary.ts is not what the kernel says: run node src/analysis/kernel/compile.mjs')
  process.exitCode = 1
}

async function compiled() {
  let binary
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--memoryBase', FIRST_BYTE]
  const result = await main(
    [entry, ...options, '--initialMemory', PAGES, '--maximumMemory', PAGES, '--outFile', 'kernel.wasm'],
    {
      writeFile: (_, contents) => {
        binary = contents
      },
    },
  )
  return { ...result, binary }
}
