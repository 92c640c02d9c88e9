import { networkInterfaces } from 'node:os';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
/** What clients leave out of a `Host` (RFC 9110 §4.2.1). */
const HTTP = 80;

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  const name = written(host);
  return LOOPBACK.includes(name) || /^127(\.\d+){3}$/.test(name);
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/**
 * Whether `authority`, of a `Host` or an `Origin`, is this server's own. With a wildcard those are the addresses of the machine as
 * they are now, and no names: a name could be anybody's who lets it resolve to this machine (DNS rebinding).
 */
export function isOwn(authority: string, host: string, port: number): boolean {
  const asked = authority.toLowerCase();
  return ownHosts(host).some(name => asked === `${name}:${port}` || (port === HTTP && asked === name));
}

function ownHosts(host: string): string[] {
  const addresses = isWildcard(host)
    ? Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address))
    : [host];
  return [...LOOPBACK, ...addresses.map(written)];
}

/** As clients write it: an IPv6 address in brackets, in its shortest form, without a zone. */
export function written(host: string): string {
  if (!host.includes(':')) return host.toLowerCase();
  const plain = host.replace(/%.*$/, '');
  return URL.canParse(`http://[${plain}]`) ? new URL(`http://[${plain}]`).hostname : `[${plain.toLowerCase()}]`;
}
