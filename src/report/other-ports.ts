/**
 * Where else to look when there is no ISO transport stream. With `--any-port` every stream was looked at, and there is nowhere else.
 *
 * @param anyPort whether that was given
 * @param port the option that names a port: `serve` has another one
 */
export function otherPorts(anyPort: boolean, port = '--port'): string {
  return anyPort ? '' : `${port} and --any-port look at other ports`;
}
