/** Lists from the cluster itself: what `kubectl get … -o json` prints, run once for each kind, all at the same time. */
import type { ChildProcess } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { UsageError } from '../errors.ts'
import type { NamedContent } from './load.ts'

/** Passed on to kubectl. */
export interface ClusterOptions {
  readonly context?: string
  readonly kubeconfig?: string
}

/** What is asked for, and what follows `kubectl get`. The first ones every cluster has. */
const KINDS: readonly { readonly name: string; readonly get: readonly string[]; readonly isCilium: boolean }[] = [
  { name: 'nodes', get: ['nodes'], isCilium: false },
  { name: 'pods', get: ['pods', '-A'], isCilium: false },
  { name: 'services', get: ['services', '-A'], isCilium: false },
  { name: 'endpointslices', get: ['endpointslices', '-A'], isCilium: false },
  { name: 'ciliumnodes', get: ['ciliumnodes'], isCilium: true },
  { name: 'ciliumendpoints', get: ['ciliumendpoints', '-A'], isCilium: true },
  { name: 'ciliumendpointslices', get: ['ciliumendpointslices'], isCilium: true },
  { name: 'ciliumidentities', get: ['ciliumidentities'], isCilium: true },
  { name: 'cilium-config', get: ['configmap', 'cilium-config', '-n', 'kube-system'], isCilium: true },
]

const TIMEOUT = '--request-timeout=60s'

export const INSTEAD =
  'Or give what somebody with access prints: kubectl get nodes,pods,services,endpointslices -A -o json > lists.json'

export interface LiveList extends NamedContent {
  /** What kubectl calls it, for a file's name. */
  readonly name: string
  readonly content: AsyncIterable<Uint8Array>
  readonly onFailure: (error: UsageError) => void
}

/**
 * Asks the cluster. A kind that it does not have, or that may not be read, is told of by `say` and left out.
 * @throws UsageError later, from the last list, if nothing at all could be read
 */
export function liveLists(options: ClusterOptions, say: (text: string) => void): LiveList[] {
  const failures: UsageError[] = []
  const waiting = new Set<string>()
  let hasAnswered = false
  /** What was missing is only worth telling where something was found; else the error at the end says it once. */
  const tell = (text?: string) => {
    if (text !== undefined) waiting.add(text)
    if (!hasAnswered) return
    for (const one of waiting) say(one)
    waiting.clear()
  }
  return KINDS.map(({ name, get, isCilium }) => {
    const args = ['get', ...get, '-o', 'json', TIMEOUT, ...passedOn(options)]
    return {
      name,
      origin: `kubectl get ${get.join(' ')}`,
      content: outputOf(args, `kubectl get ${get.join(' ')}`, () => {
        hasAnswered = true
        tell()
      }),
      onFailure(error) {
        failures.push(error)
        if (failures.length === KINDS.length || error instanceof MissingTool) throw explained(failures[0] ?? error)
        // Clusters without Cilium have none of its kinds.
        if (!isCilium || !isUnknownKind(error)) tell(`names: ${error.message}`)
      },
    }
  })
}

function passedOn({ context, kubeconfig }: ClusterOptions): string[] {
  return [
    ...(context === undefined ? [] : ['--context', context]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ]
}

class MissingTool extends UsageError {}

const isUnknownKind = (error: UsageError) => /doesn't have a resource type|not found/.test(error.message)

function explained(error: UsageError): UsageError {
  return error instanceof MissingTool ? error : new UsageError(`${error.message}. ${INSTEAD}`)
}

/** What kubectl prints; it is started at once, and read when its turn comes. */
function outputOf(args: readonly string[], command: string, onAnswer: () => void): AsyncIterable<Uint8Array> {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 4096) said += chunk.toString('utf8')
  })
  const ended = endOf(child)
  // Node throws away what nobody reads from a process that has ended; others may be read for long before this one.
  const kept = child.stdout.pipe(new PassThrough())
  return (async function* () {
    for await (const chunk of kept) yield chunk as Uint8Array
    const failure = await ended
    if (failure instanceof Error) throw startFailure(failure)
    if (failure !== 0) throw new UsageError(`${command}: ${lastLine(said) ?? `ended with status ${failure}`}`)
    onAnswer()
  })()
}

function endOf(child: ChildProcess): Promise<number | Error> {
  return new Promise((resolve) => {
    child.on('error', resolve)
    child.on('close', (status) => resolve(status ?? -1))
  })
}

function startFailure(cause: Error): UsageError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  return new MissingTool(
    isMissing
      ? `--names live runs kubectl, which is not installed here (or not in PATH). ${INSTEAD}`
      : `--names live: kubectl cannot be run: ${cause.message}. ${INSTEAD}`,
    { cause },
  )
}

/** kubectl's last line says what was wrong; those before may be a client's warnings. */
function lastLine(text: string): string | undefined {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^(Error from server[^:]*: |error: )/i, '')
      .replace(/[.?!]$/, '')
      .trim() || undefined
  )
}
