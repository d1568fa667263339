/** Tables of cli-table3 without borders: rows stay readable at 80 columns and can be copied. */
export const BORDERLESS = {
  style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
}
