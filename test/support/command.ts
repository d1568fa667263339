import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const COMMAND = fileURLToPath(new URL('../../dist/ovl-dissect.cjs', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
}

/** Runs the bundled command at the project's root, as in a pipe. */
export function ovl(
  args: readonly string[],
  options: { readonly input?: Uint8Array; readonly env?: Record<string, string> } = {},
): Ran {
  const result: SpawnSyncReturns<Buffer> = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: ROOT,
    ...(options.input === undefined ? {} : { input: options.input }),
    env: { ...process.env, TZ: 'UTC', NO_COLOR: '', FORCE_COLOR: '0', ...options.env },
    maxBuffer: 1 << 28,
  })
  return { stdout: result.stdout.toString('utf8'), stderr: result.stderr.toString('utf8'), status: result.status }
}
