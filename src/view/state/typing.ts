/** A line that is being typed: the keys that readline users know. */
import type { Input } from './view-state.ts'

/** The line after a key; undefined: the key is none of typing. */
export function typed({ text, cursor }: Input, key: string): Input | undefined {
  const before = text.slice(0, cursor)
  const after = text.slice(cursor)
  const last = [...before].at(-1) ?? ''
  const next = [...after][0] ?? ''
  switch (key) {
    case 'backspace':
      return { text: before.slice(0, before.length - last.length) + after, cursor: cursor - last.length }
    case 'delete':
      return { text: before + after.slice(next.length), cursor }
    case 'left':
      return { text, cursor: cursor - last.length }
    case 'right':
      return { text, cursor: cursor + next.length }
    case 'home':
    case 'ctrl-a':
      return { text, cursor: 0 }
    case 'end':
    case 'ctrl-e':
      return { text, cursor: text.length }
    case 'ctrl-u':
      return { text: after, cursor: 0 }
    case 'ctrl-k':
      return { text: before, cursor }
    case 'ctrl-w': {
      const kept = before.replace(/\S+\s*$/, '')
      return { text: kept + after, cursor: kept.length }
    }
    case 'space':
      return { text: `${before} ${after}`, cursor: cursor + 1 }
    default:
      return isCharacter(key) ? { text: before + key + after, cursor: cursor + key.length } : undefined
  }
}

/** One visible character, as terminals send it. */
const isCharacter = (key: string) => [...key].length === 1 && !/\p{Cc}/u.test(key)

/** What was pasted, as one line. */
export function pasted({ text, cursor }: Input, paste: string): Input {
  const clean = paste.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, LONGEST_PASTE)
  return { text: text.slice(0, cursor) + clean + text.slice(cursor), cursor: cursor + clean.length }
}

const LONGEST_PASTE = 4096
