/** What a finding of one code means: the catalogue behind `docs/findings/`, SARIF rules and `--list-rules`. */
export interface Rule {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly title: string;
  /** The clause of the standard that is broken. */
  readonly clause: string;
  /** How sure a finding of this code is, and what it rests on. */
  readonly certain: string;
  /** Two to six sentences: what it means, what to do. */
  readonly help: string;
}
