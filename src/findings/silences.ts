/** Requests without answers, gathered: when a pod is gone all its clients miss it, and that is one finding. */
import type { Question, Subject } from './request.ts'

/** Requests that are told of together: of one end to another, of many ends to one, or of one to many. */
export interface Silence {
  readonly question: Question
  readonly sources: readonly string[]
  readonly destinations: readonly string[]
  /** 0: none, or several. */
  readonly port: number
  readonly subjects: readonly Subject[]
}

/** So many ends that miss the same one, or that one misses, are one finding: a pod that is gone is missed by all. */
const MANY = 4

/** What was not answered, of many ends together where they have one in common. */
export function silences(subjects: readonly Subject[]): Silence[] {
  const missing = subjects.filter(({ unansweredCount }) => unansweredCount > 0)
  const byDestination = grouped(missing, ({ question, destination, port }) => `${question} ${destination} ${port}`)
  const few = byDestination.filter((group) => group.length < MANY).flat()
  const bySource = grouped(few, ({ question, source }) => `${question} ${source}`)
  return [
    ...byDestination.filter((group) => group.length >= MANY),
    ...bySource.flatMap((group) => (group.length >= MANY ? [group] : group.map((subject) => [subject]))),
  ].map(silenceOf)
}

function grouped(subjects: readonly Subject[], keyOf: (subject: Subject) => string): Subject[][] {
  const groups = new Map<string, Subject[]>()
  for (const subject of subjects) {
    const known = groups.get(keyOf(subject))
    if (known === undefined) groups.set(keyOf(subject), [subject])
    else known.push(subject)
  }
  return [...groups.values()]
}

function silenceOf(subjects: readonly Subject[]): Silence {
  const [first] = subjects as readonly [Subject]
  const ports = new Set(subjects.map(({ port }) => port))
  return {
    question: first.question,
    sources: [...new Set(subjects.map(({ source }) => source))],
    destinations: [...new Set(subjects.map(({ destination }) => destination))],
    port: ports.size === 1 ? first.port : 0,
    subjects,
  }
}
