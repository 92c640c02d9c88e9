import type { JSX } from 'preact';

export function Grade({ severity }: { severity: 'error' | 'warning' | 'note' }): JSX.Element {
  const sign = { error: '✖', warning: '!', note: '·' }[severity];
  return (
    <span class={`grade ${severity}`}>
      <span aria-hidden="true">{sign}&nbsp;</span>
      <span class="offscreen">{severity} </span>
    </span>
  );
}
