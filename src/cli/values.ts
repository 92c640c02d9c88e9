import { InvalidArgumentError } from 'commander';
import { AN_ADDRESS, canonicalAddress } from '../app/addresses.ts';
import type { Parse } from './definitions.ts';

/** A run of frame numbers, both ends included; `to` is Infinity for an open end. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

function integer(text: string, least: number, most: number, what: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Expected ${what}.`);
  return value;
}

function range(text: string): Range {
  const match = /^(\d+)(?:(-)(\d*))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Expected frame numbers and ranges such as 12,40-60,100-.');
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
  if (from < 1 || to < from)
    throw new InvalidArgumentError('Frames count from 1, and a range ends no earlier than it begins.');
  return { from, to };
}

function address(text: string): string {
  const canonical = canonicalAddress(text);
  if (canonical === null) throw new InvalidArgumentError(`Expected ${AN_ADDRESS}.`);
  return canonical;
}

/** Nothing is never meant: it comes of a variable that is not set, and as a path it would be the working directory. */
function something(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

const PARSERS: Record<Parse, (text: string) => unknown> = {
  text: something,
  integer: text => integer(text, 1, Number.MAX_SAFE_INTEGER, 'a whole number from 1 on'),
  natural: text => integer(text, 0, Number.MAX_SAFE_INTEGER, 'a whole number from 0 on'),
  port: text => integer(text, 1, 65_535, 'a port from 1 to 65535'),
  address,
  ranges: text => text.split(',').map(range),
};

export function parseValue(kind: Parse, text: string): unknown {
  return PARSERS[kind](text);
}
