/**
 * Milliseconds between two changes of the address within a view. A key that is held down selects 30 rows a second; browsers take some
 * changes only (Safari 100 in 30 s, Firefox and Chromium 200 in 10 s), and Safari and Firefox throw at the next one.
 */
const PAUSE = 350;

/** The fragment of the page's address, which says what is selected. */
export class Address {
  /** What it shall be when the pause is over. */
  private next: string | null = null;
  private paused = false;

  /** A step of its own, which "back" undoes. */
  step(fragment: string): void {
    this.write();
    if (fragment !== location.hash) history.pushState(null, '', fragment);
  }

  /** The step at hand is now about something else. */
  follow(fragment: string): void {
    this.next = fragment;
    if (!this.paused) this.pace();
  }

  /** The browser went to another step: what was still to be written was about the one before. */
  left(): void {
    this.next = null;
  }

  private pace = (): void => {
    this.paused = this.next !== null;
    if (!this.paused) return;
    this.write();
    setTimeout(this.pace, PAUSE);
  };

  private write(): void {
    if (this.next !== null && this.next !== location.hash) history.replaceState(null, '', this.next);
    this.next = null;
  }
}
