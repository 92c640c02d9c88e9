/** Wrong flags, a bad policy or profile: one line on stderr, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A file that cannot be read or written: one line on stderr, exit code 2. */
export class InputError extends Error {
  override name = 'InputError';
}

/** Work that needs more memory than it was given: one line on stderr, and the exit code of our own failures. */
export class OutOfMemory extends Error {
  override name = 'OutOfMemory';
}
