import { styleText } from 'node:util';

/** How text is shown to its reader. Decided once, at the edge; renderers only ask. */
export interface Look {
  readonly color: boolean;
  /** False where the terminal is not UTF-8: words and ASCII stand for symbols. */
  readonly unicode: boolean;
  /** Columns of the terminal, or null when nobody counts them (a pipe, a file): nothing is dropped or wrapped then. */
  readonly width: number | null;
}

export const PLAIN: Look = { color: false, unicode: true, width: null };

type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

export function paint(look: Look, style: Style | Style[], text: string): string {
  return look.color ? styleText(style, text, { validateStream: false }) : text;
}

/** Colour never carries the meaning alone: every mark is a symbol, or a word where symbols can't be shown. */
export type Mark = 'error' | 'warning' | 'note' | 'ok' | 'unknown';

const MARKS: Record<Mark, { symbol: string; word: string; style: Style }> = {
  error: { symbol: '✖', word: 'error', style: 'red' },
  warning: { symbol: '!', word: 'warning', style: 'yellow' },
  note: { symbol: '·', word: 'note', style: 'cyan' },
  ok: { symbol: '✔', word: 'ok', style: 'green' },
  unknown: { symbol: '?', word: '?', style: 'yellow' },
};

export function mark(look: Look, name: Mark): string {
  const { symbol, word, style } = MARKS[name];
  return paint(look, style, look.unicode ? symbol : word);
}

const ASCII: Record<string, string> = {
  '→': '->',
  '←': '<-',
  '–': '-',
  '·': '-',
  '…': '...',
  '×': 'x',
  '✖': 'error',
  '✔': 'ok',
  '≥': '>=',
  '≤': '<=',
};

/** What stands where a text was cut: one column, unlike the three of `typography`. */
export function ellipsis(look: Look): string {
  return look.unicode ? '…' : '~';
}

/** Our own typography in ASCII where the terminal can't show it. Text out of captures has been through `clean` before. */
export function typography(look: Look, text: string): string {
  return look.unicode ? text : text.replace(/\P{ASCII}/gu, char => ASCII[char] ?? '?');
}
