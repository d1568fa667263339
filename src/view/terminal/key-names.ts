/** What terminal-kit calls keys and mouse events → what the key table calls them. */
import type { MouseAction } from '../state/events.ts'

const NAMES: Readonly<Record<string, string>> = {
  UP: 'up',
  DOWN: 'down',
  LEFT: 'left',
  RIGHT: 'right',
  PAGE_UP: 'pageup',
  PAGE_DOWN: 'pagedown',
  HOME: 'home',
  END: 'end',
  ENTER: 'enter',
  KP_ENTER: 'enter',
  ESCAPE: 'escape',
  TAB: 'tab',
  SHIFT_TAB: 'shift-tab',
  BACKSPACE: 'backspace',
  DELETE: 'delete',
  ' ': 'space',
  SPACE: 'space',
  F1: '?',
}

/** Undefined for keys that mean nothing here. */
export function keyName(name: string): string | undefined {
  const known = NAMES[name]
  if (known !== undefined) return known
  const control = /^CTRL_([A-Z])$/.exec(name)
  if (control !== null) return `ctrl-${control[1]?.toLowerCase()}`
  return [...name].length === 1 ? name : undefined
}

const MOUSE: Readonly<Record<string, MouseAction>> = {
  MOUSE_LEFT_BUTTON_PRESSED: 'left',
  MOUSE_LEFT_BUTTON_RELEASED: 'release',
  MOUSE_RIGHT_BUTTON_PRESSED: 'right',
  MOUSE_DRAG: 'drag',
  MOUSE_WHEEL_UP: 'wheel-up',
  MOUSE_WHEEL_DOWN: 'wheel-down',
}

export const mouseAction = (name: string): MouseAction | undefined => MOUSE[name]
